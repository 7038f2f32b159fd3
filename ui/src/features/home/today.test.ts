/** The clinician's first screen: facts with a date, in an order one can explain. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PatientFound } from '../../bindings'
import { Today } from './today.svelte'

const stub = vi.hoisted(() => ({ patientsFind: vi.fn(), moodsList: vi.fn() }))
vi.mock('../../bindings', () => ({ commands: stub }))

const person = (name: string, latestMoodAt: Date | null) =>
  ({
    patient: { id: name, name },
    exact: true,
    latestMood: latestMoodAt && 5,
    latestMoodAt: latestMoodAt?.toISOString() ?? null,
  }) as PatientFound
const names = (people: PatientFound[]) => people.map((found) => found.patient.name)

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 3, 14, 9) })
  stub.moodsList.mockResolvedValue({ status: 'ok', data: [] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.clearAllMocks()
})

async function today(...people: PatientFound[]): Promise<Today> {
  stub.patientsFind.mockResolvedValue({ status: 'ok', data: people })
  const made = new Today()
  await made.load()
  return made
}

test('the moods since yesterday begin at yesterday’s midnight, latest first', async () => {
  const made = await today(
    person('early', new Date(2026, 3, 13, 0, 0)),
    person('before', new Date(2026, 3, 12, 23, 59)),
    person('late', new Date(2026, 3, 14, 8)),
    person('never', null),
  )
  expect(names(made.recent)).toEqual(['late', 'early'])
})

test('silence counts from two weeks, longest first, and only for those who have logged', async () => {
  const made = await today(
    person('just quiet', new Date(2026, 2, 31, 9)),
    person('not yet', new Date(2026, 2, 31, 10)),
    person('long quiet', new Date(2026, 1, 1)),
    person('never', null),
  )
  expect(names(made.quiet)).toEqual(['long quiet', 'just quiet'])
})

test('moods are read for those who logged since yesterday and nobody else', async () => {
  stub.moodsList.mockImplementation((id: string) =>
    Promise.resolve({ status: 'ok', data: [{ patient: id }] }),
  )
  const made = await today(person('Maya', new Date(2026, 3, 14, 8)), person('long ago', new Date(2026, 1, 1)))
  expect([...made.moods]).toEqual([['Maya', [{ patient: 'Maya' }]]])
  expect(stub.moodsList).not.toHaveBeenCalledWith('long ago')
})

test('before the first answer nothing is known, and a failure keeps what was known', async () => {
  expect(new Today().people).toBeNull()
  const made = await today(person('Maya', new Date(2026, 3, 14, 8)))
  stub.patientsFind.mockResolvedValue({
    status: 'error',
    error: { code: 'unexpected', reference: 'a1b2c3d4' },
  })
  await made.load()
  expect(names(made.recent)).toEqual(['Maya'])
  expect(made.fault?.code).toBe('unexpected')
})
