/** The microphones that are wanted: what a list of choices comes to, and back. */
import { expect, test } from 'vitest'
import type { Device } from '../../bindings'
import { FOLLOW, keyOf, offered, wanted } from './channels'

const device = (key: string, kind: Device['kind'] = 'microphone'): Device => ({
  key,
  name: `The ${key}`,
  kind,
  default: false,
  channels: 1,
  rate: 48_000,
})

test('without a choice the system’s is followed, and there is one channel', () => {
  expect(wanted(FOLLOW, FOLLOW)).toEqual([{ kind: 'default' }])
  expect(keyOf({ kind: 'default' })).toBe(FOLLOW)
  expect(keyOf(undefined)).toBe(FOLLOW)
})

test('one microphone is never two channels', () => {
  expect(wanted('desk', 'desk')).toEqual([{ kind: 'device', key: 'desk' }])
  expect(wanted('desk', 'lapel')).toHaveLength(2)
})

test('what the computer plays can only be the second channel', () => {
  const devices = [device('desk'), device('speakers', 'system_sound')]
  expect(offered(devices, FOLLOW, 1).map(({ key }) => key)).toEqual(['desk'])
  expect(offered(devices, FOLLOW, 2).map(({ key }) => key)).toEqual(['desk', 'speakers'])
})

test('a chosen microphone that is unplugged is still the chosen one', () => {
  expect(offered([device('desk')], 'lapel', 1)).toContainEqual({ key: 'lapel', name: null, system: false })
})
