/** The first run: how many questions, the way back, and where a refusal leads. */
import { beforeEach, expect, test, vi } from 'vitest'
import type { Code, NewProfile } from '../../../bindings'

const told = vi.hoisted(() => ({ refuse: null as string | null, made: null as unknown }))

vi.mock('../../../bindings', () => ({
  commands: {
    deskEnrol: (profile: unknown) => {
      told.made = profile
      return Promise.resolve(
        told.refuse === null
          ? { status: 'ok', data: { desk: {}, kit: { groups: [], ask: [0, 1] } } }
          : { status: 'error', error: { code: told.refuse, reference: 'K7Q2M9XD' } },
      )
    },
  },
}))

const { Enrolment } = await import('./enrolment.svelte')

beforeEach(() => {
  told.refuse = null
  told.made = null
})

function answered(kind: 'practice' | 'personal') {
  const enrolment = new Enrolment('SE')
  Object.assign(enrolment, { kind, name: ' Ingrid ', practice: ' Lindqvist ', password: 'quiet river nine lamps', step: 'password' })
  return enrolment
}

test('a patient is asked no name of a practice', () => {
  const enrolment = new Enrolment(null)
  enrolment.kind = 'personal'
  expect(enrolment.steps).not.toContain('practice')
})

test('at most five things are asked', () => {
  for (const kind of ['practice', 'personal'] as const) {
    const asked = answered(kind).steps.filter((step) => !['kind', 'check'].includes(step))
    expect(asked.length).toBeLessThanOrEqual(5)
  }
})

test('the store is made from what was answered, without the spaces around it', async () => {
  const enrolment = answered('practice')
  await enrolment.create()
  expect(told.made).toEqual({
    kind: 'practice',
    name: 'Ingrid',
    practiceName: 'Lindqvist',
    country: 'SE',
    password: 'quiet river nine lamps',
  } satisfies NewProfile)
  expect(enrolment.step).toBe('kit')
})

test('the password is forgotten once the store is made', async () => {
  const enrolment = answered('practice')
  await enrolment.create()
  expect(enrolment.password).toBe('')
})

test('once the store is made there is no way back past the kit', async () => {
  const enrolment = answered('personal')
  await enrolment.create()
  enrolment.back()
  expect(enrolment.step).toBe('kit')
  enrolment.next()
  enrolment.back()
  expect(enrolment.step).toBe('kit')
})

test.each([
  ['name_too_long', 'name'],
  ['practice_name_too_long', 'practice'],
  ['country_unknown', 'country'],
  ['disk_full', 'password'],
] as [Code, string][])('%s leads back to the step %s, with every answer kept', async (code, step) => {
  told.refuse = code
  const enrolment = answered('practice')
  await enrolment.create()
  expect(enrolment.step).toBe(step)
  expect(enrolment.fault?.code).toBe(code)
  expect(enrolment.password).toBe('quiet river nine lamps')
})
