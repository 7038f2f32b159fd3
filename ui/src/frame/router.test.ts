/** Addresses: what fits which pattern, and that a link can be followed back to its parts. */
import { describe, expect, test } from 'vitest'
import { address, go, href, match } from './router.svelte'

describe('match', () => {
  test('a fixed path fits only itself', () => {
    expect(match('/patients', '/patients')).toEqual({})
    expect(match('/patients', '/patients/1')).toBeNull()
    expect(match('/', '/')).toEqual({})
  })

  test('a part is read out of its place', () => {
    expect(match('/patients/:patient/edit', '/patients/7/edit')).toEqual({ patient: '7' })
  })

  test('an empty part fits nothing', () => {
    expect(match('/patients/:patient', '/patients/')).toBeNull()
  })

  test('a broken escape is taken as it stands', () => {
    expect(match('/patients/:patient', '/patients/%E0%A4%A')).toEqual({ patient: '%E0%A4%A' })
  })
})

test('a link leads back to its parts, whatever they hold', () => {
  const id = 'a/b ?#%'
  expect(match('/patients/:patient', href('/patients/:patient', { patient: id }).slice(1))).toEqual({ patient: id })
})

test('going somewhere changes where one is', async () => {
  const arrived = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }))
  go('/patients/:patient', { patient: '7' })
  await arrived
  expect(address.path).toBe('/patients/7')
})

test('a question mark after the path is not part of it', async () => {
  const arrived = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }))
  location.hash = '#/settings?from=lock'
  await arrived
  expect(address.path).toBe('/settings')
})
