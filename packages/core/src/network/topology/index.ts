export { showTopology, type Topology, type TopologyInstance, type TopologyNetwork } from './show.ts'
