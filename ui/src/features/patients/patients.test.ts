/** Finding people: answers in the right order, a place for the keyboard, nothing lost when asking fails. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PatientFound } from '../../bindings'
import { MOST, Patients, PAUSE } from './patients.svelte'

const stub = vi.hoisted(() => ({ patientsFind: vi.fn() }))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })

function found(name: string, exact = true): PatientFound {
  return {
    patient: {
      id: name,
      name,
      preferredName: null,
      pronouns: null,
      reference: null,
      email: null,
      phone: null,
      bornOn: null,
      note: null,
      clinician: 'me',
      standing: 'active',
      createdAt: '2026-01-01T00:00:00Z',
      changedAt: '2026-01-01T00:00:00Z',
    },
    exact,
    latestMood: null,
    latestMoodAt: null,
  }
}

const everyone = ['Ana', 'Maya', 'Sam'].map((name) => found(name))

beforeEach(() => {
  vi.useFakeTimers()
  stub.patientsFind.mockImplementation((query: string) =>
    ok(everyone.filter((row) => row.patient.name.toLowerCase().startsWith(query.toLowerCase()))),
  )
})

afterEach(() => {
  vi.useRealTimers()
  vi.clearAllMocks()
})

describe('find as you type', () => {
  test('asks once for three quick letters', async () => {
    const patients = new Patients()
    for (const typed of ['m', 'ma', 'may']) patients.type(typed)
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(stub.patientsFind).toHaveBeenCalledExactlyOnceWith('may', 'active')
    expect(patients.rows.map((row) => row.patient.name)).toEqual(['Maya'])
  })

  test('knows when a search was cut short, and that a whole list never is', async () => {
    const crowd = Array.from({ length: MOST }, (_, i) => found(`Maya ${i}`))
    stub.patientsFind.mockImplementation(() => ok(crowd))
    const patients = new Patients()
    await patients.find()
    expect(patients.cut).toBe(false)
    patients.query = 'maya'
    await patients.find()
    expect(patients.cut).toBe(true)
    stub.patientsFind.mockImplementation(() => ok(crowd.slice(1)))
    await patients.find()
    expect(patients.cut).toBe(false)
  })

  test('drops the answer to a question nobody asks any more', async () => {
    const patients = new Patients()
    let late: (rows: PatientFound[]) => void = () => undefined
    stub.patientsFind.mockImplementationOnce(() =>
      new Promise<PatientFound[]>((say) => (late = say)).then(ok),
    )
    const slow = patients.find()
    patients.type('sam')
    await vi.advanceTimersByTimeAsync(PAUSE)
    late(everyone)
    await slow
    expect(patients.rows.map((row) => row.patient.name)).toEqual(['Sam'])
    expect(patients.answered.query).toBe('sam')
  })

  test('keeps what it knew when asking fails', async () => {
    const patients = new Patients()
    await patients.find()
    stub.patientsFind.mockImplementationOnce(() =>
      Promise.resolve({ status: 'error', error: { code: 'unexpected', reference: 'a1b2c3d4' } }),
    )
    await patients.find()
    expect(patients.rows).toHaveLength(3)
    expect(patients.fault?.reference).toBe('a1b2c3d4')
  })

  test('knows the difference between nobody found and nothing asked', async () => {
    const patients = new Patients()
    expect(patients.found).toBeNull()
    patients.type('nobody')
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(patients.found).toEqual([])
  })

  test('an answer after the list has gone changes nothing', async () => {
    const patients = new Patients()
    const asking = patients.find()
    patients.leave()
    await asking
    expect(patients.found).toBeNull()
  })
})

describe('the keyboard', () => {
  test('stands on the first person while searching and on nobody in the whole list', async () => {
    const patients = new Patients()
    await patients.find()
    expect(patients.chosen).toBeNull()
    patients.type('s')
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(patients.chosen?.patient.name).toBe('Sam')
  })

  test('never stands on a guess by itself', async () => {
    stub.patientsFind.mockImplementation(() => ok([found('Maia', false)]))
    const patients = new Patients()
    patients.type('maja')
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(patients.at).toBe(-1)
    expect(await patients.meant()).toBeNull()
  })

  test('Enter waits for the answer to what is typed, and never means the list before it', async () => {
    const patients = new Patients()
    patients.type('m')
    await vi.advanceTimersByTimeAsync(PAUSE)
    expect(patients.chosen?.patient.name).toBe('Maya')
    patients.type('sa')
    expect((await patients.meant())?.patient.name).toBe('Sam')
  })

  test('Enter means nobody once other letters are typed, or when asking fails', async () => {
    const patients = new Patients()
    patients.type('ma')
    const meant = patients.meant()
    patients.type('sam')
    expect(await meant).toBeNull()
    stub.patientsFind.mockImplementation(() =>
      Promise.resolve({ status: 'error', error: { code: 'unexpected', reference: 'a1b2c3d4' } }),
    )
    expect(await patients.meant()).toBeNull()
    expect(patients.fault?.code).toBe('unexpected')
  })

  test('stops at both ends', async () => {
    const patients = new Patients()
    await patients.find()
    patients.step(1)
    expect(patients.at).toBe(0)
    patients.step(-1)
    expect(patients.at).toBe(0)
    patients.toEnd('last')
    patients.step(1)
    expect(patients.chosen?.patient.name).toBe('Sam')
  })

  test('stays on the same person when someone is added above', async () => {
    const patients = new Patients()
    await patients.find()
    patients.toEnd('last')
    stub.patientsFind.mockImplementationOnce(() => ok([found('Aaron'), ...everyone]))
    await patients.find()
    expect(patients.chosen?.patient.name).toBe('Sam')
  })

  test('meets the guesses after those who match', async () => {
    stub.patientsFind.mockImplementation(() => ok([found('Maia', false), found('Maya')]))
    const patients = new Patients()
    await patients.find()
    expect(patients.rows.map((row) => row.patient.name)).toEqual(['Maya', 'Maia'])
  })
})
