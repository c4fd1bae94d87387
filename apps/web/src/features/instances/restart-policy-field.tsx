import { RadioCards } from '#ui/radio-cards.tsx'

/** What happens when the guest of an instance crashes. */
export type RestartPolicy = 'never' | 'on-failure'

/** Asks what happens when the guest crashes; undefined while what is set is still being read. */
export function RestartPolicyField({
  value,
  onChange,
}: {
  value: RestartPolicy | undefined
  onChange: (policy: RestartPolicy) => void
}) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1.5 text-[13px] font-medium">When its guest crashes</legend>
      <RadioCards
        label="When its guest crashes"
        value={value}
        onChange={onChange}
        options={[
          { value: 'never', title: 'Leave it off', facts: 'It is stopped, and says that it crashed.' },
          {
            value: 'on-failure',
            title: 'Start it again',
            facts: 'At once, then after longer and longer pauses; at most 5 times within an hour.',
          },
        ]}
      />
    </fieldset>
  )
}
