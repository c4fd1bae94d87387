import type { Flavor, Image } from '@nephos/db'
import { invalid } from '../../kernel/index.ts'

const gib = 1024 ** 3

/**
 * Checks that an instance of the flavor's size can be made from the image.
 * @param sizeField the input's field that is wrong when they do not fit together
 * @throws NephosError invalid_input
 */
export function checkImageFits(
  image: Image,
  flavor: Pick<Flavor, 'name' | 'diskGib' | 'ramMib'>,
  sizeField: 'flavorId' | 'imageId' = 'flavorId',
): void {
  if (image.status !== 'active')
    throw invalid(
      'imageId',
      `The image ${image.name} is ${image.status}; it must be active.`,
      image.status === 'queued' || image.status === 'saving'
        ? 'Wait until its upload is complete.'
        : 'Choose another image.',
    )
  const remedy = sizeField === 'flavorId' ? 'Choose a larger flavor.' : 'Choose a smaller image.'
  const virtualGib = Number(image.virtualSize ?? image.size ?? 0n) / gib
  const neededGib = Math.max(image.minDiskGib, Math.ceil(virtualGib))
  if (flavor.diskGib < neededGib)
    throw invalid(
      sizeField,
      `The disk of flavor ${flavor.name} (${flavor.diskGib} GiB) is smaller than the image ${image.name} needs (${neededGib} GiB).`,
      remedy,
    )
  if (flavor.ramMib < image.minRamMib)
    throw invalid(
      sizeField,
      `The RAM of flavor ${flavor.name} (${flavor.ramMib} MiB) is less than the image ${image.name} needs (${image.minRamMib} MiB).`,
      remedy,
    )
}
