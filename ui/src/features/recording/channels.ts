/** Which microphones are wanted, as a list of choices. The first channel always exists and may follow the system;
 *  the second is another microphone or what the computer itself plays, so that two voices can be told apart. */
import type { Device, Wanted } from '../../bindings'

/** What stands for the system's choice, and for no second channel. No device has an empty key. */
export const FOLLOW = ''

export function keyOf(channel: Wanted | undefined): string {
  return channel?.kind === 'device' ? channel.key : FOLLOW
}

export function wanted(first: string, second: string): Wanted[] {
  const one: Wanted = first === FOLLOW ? { kind: 'default' } : { kind: 'device', key: first }
  return second === FOLLOW || second === first ? [one] : [one, { kind: 'device', key: second }]
}

/** The devices a channel can be, the chosen one among them even while it is unplugged. */
export function offered(devices: Device[], chosen: string, channel: 1 | 2): { key: string; name: string | null; system: boolean }[] {
  const fit = devices.filter(({ kind }) => channel === 2 || kind === 'microphone')
  const list = fit.map(({ key, name, kind }) => ({ key, name: name as string | null, system: kind === 'system_sound' }))
  const gone = chosen !== FOLLOW && !list.some(({ key }) => key === chosen)
  return gone ? [...list, { key: chosen, name: null, system: false }] : list
}
