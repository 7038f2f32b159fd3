/** Writing about a person: errors at the right field, namesakes, and text that survives. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Code, NewPatient, Patient } from '../../bindings'
import { Draft, type Field } from './draft.svelte'

const stub = vi.hoisted(() => ({
  patientsCreate: vi.fn(),
  patientsEdit: vi.fn(),
  patientsResembling: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = (code: Code) =>
  Promise.resolve({ status: 'error' as const, error: { code, reference: 'a1b2c3d4' } })

const maya: Patient = {
  id: 'maya',
  name: 'Maya Okafor',
  preferredName: null,
  pronouns: 'she/her',
  reference: null,
  email: null,
  phone: null,
  bornOn: '1991-05-02',
  note: null,
  clinician: 'me',
  standing: 'active',
  createdAt: '2026-01-01T00:00:00Z',
  changedAt: '2026-01-01T00:00:00Z',
}

beforeEach(() => {
  vi.useFakeTimers()
  stub.patientsCreate.mockImplementation((written: NewPatient) => ok({ ...maya, ...written, id: 'new' }))
  stub.patientsEdit.mockImplementation((id: string, written: NewPatient) => ok({ ...maya, ...written, id }))
  stub.patientsResembling.mockImplementation(() => ok([]))
})

afterEach(() => {
  vi.useRealTimers()
  vi.clearAllMocks()
})

describe('saving', () => {
  test('sends empty fields as nothing and the rest without stray blanks', async () => {
    const draft = new Draft(null)
    draft.write('name', '  Zoë Müller ')
    draft.write('email', '   ')
    await draft.save()
    expect(stub.patientsCreate).toHaveBeenCalledWith(
      expect.objectContaining({ name: 'Zoë Müller', email: null }),
    )
  })

  test('edits the person it knows and leaves the rest as it was', async () => {
    const draft = new Draft(maya)
    expect(draft.changed).toBe(false)
    draft.write('pronouns', 'they/them')
    expect(draft.changed).toBe(true)
    expect(await draft.save()).toMatchObject({ id: 'maya', pronouns: 'they/them', bornOn: '1991-05-02' })
  })

  test.each<[Code, Field]>([
    ['name_missing', 'name'],
    ['name_too_long', 'name'],
    ['born_invalid', 'bornOn'],
    ['reference_too_long', 'reference'],
    ['email_invalid', 'email'],
    ['phone_invalid', 'phone'],
  ])('%s is said at the field %s', async (code, field) => {
    stub.patientsCreate.mockImplementationOnce(() => refused(code))
    const draft = new Draft(null, 'Sam')
    expect(await draft.save()).toBeNull()
    expect(draft.wrong).toEqual({ [field]: code })
    draft.write(field, 'something else')
    expect(draft.wrong).toEqual({})
  })

  test('a character that cannot be printed is found in the field that holds it', async () => {
    stub.patientsCreate.mockImplementationOnce(() => refused('text_unprintable'))
    const draft = new Draft(null, 'Sam')
    draft.write('note', 'first line\nsecond line')
    draft.write('reference', 'P\u0000-1')
    await draft.save()
    expect(draft.wrong).toEqual({ reference: 'text_unprintable' })
  })

  test('a full disk is no field’s fault, and everything written stays', async () => {
    stub.patientsCreate.mockImplementationOnce(() => refused('disk_full'))
    const draft = new Draft(null, 'Sam')
    expect(await draft.save()).toBeNull()
    expect(draft.wrong).toEqual({})
    expect(draft.fault?.code).toBe('disk_full')
    expect(draft.written.name).toBe('Sam')
    expect(draft.saving).toBe(false)
  })

  test('two presses of Save save once', async () => {
    const draft = new Draft(null, 'Sam')
    await Promise.all([draft.save(), draft.save()])
    expect(stub.patientsCreate).toHaveBeenCalledOnce()
  })
})

describe('namesakes', () => {
  test('are looked for after a pause, without the person being edited', async () => {
    stub.patientsResembling.mockImplementation(() => ok([maya]))
    const draft = new Draft({ ...maya, id: 'other' })
    draft.write('name', 'Maya Okafo')
    draft.write('name', 'Maya Okafor')
    await vi.runAllTimersAsync()
    expect(stub.patientsResembling).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ name: 'Maya Okafor' }),
      'other',
    )
    expect(draft.resembling).toEqual([maya])
  })

  test('are not looked for while there is no name', async () => {
    const draft = new Draft(null)
    draft.write('phone', '+44 20')
    await vi.runAllTimersAsync()
    expect(stub.patientsResembling).not.toHaveBeenCalled()
  })

  test('never stand in the way when the asking fails', async () => {
    stub.patientsResembling.mockImplementation(() => refused('unexpected'))
    const draft = new Draft(null)
    draft.write('name', 'Maya')
    await vi.runAllTimersAsync()
    expect(draft.resembling).toEqual([])
    expect(draft.fault).toBeNull()
  })
})

describe('kept text', () => {
  test('comes back as it was written', () => {
    const draft = new Draft(null)
    draft.write('name', 'مريم')
    draft.write('note', 'line one\nline two 🌿')
    const later = new Draft(null)
    later.resume(draft.keep())
    expect(later.written).toEqual(draft.written)
  })

  test.each(['', 'not json', 'null', '[]', '{"name": 7, "shoeSize": "44"}'])(
    'that is damaged (%s) changes nothing',
    (kept) => {
      const draft = new Draft(maya)
      draft.resume(kept)
      expect(draft.changed).toBe(false)
    },
  )
})

describe('text kept about somebody else', () => {
  const kept = () => {
    const earlier = new Draft(null)
    earlier.write('name', 'Maya Okafor')
    earlier.write('phone', '07700 900142')
    return earlier.keep()
  }

  test('does not take the place of the name that was asked for', () => {
    const draft = new Draft(null, 'Quintus')
    expect(draft.find(kept())).toBe(false)
    expect(draft.written.name).toBe('Quintus')
    expect(draft.written.phone).toBe('')
    expect(draft.asideName).toBe('Maya Okafor')
  })

  test('can be brought back, and then the other one waits', () => {
    const draft = new Draft(null, 'Quintus')
    draft.find(kept())
    draft.bringBack()
    expect(draft.written).toMatchObject({ name: 'Maya Okafor', phone: '07700 900142' })
    expect(draft.asideName).toBe('Quintus')
    draft.bringBack()
    expect(draft.written).toMatchObject({ name: 'Quintus', phone: '' })
  })

  test('goes on being kept beside what is written now', () => {
    const draft = new Draft(null, 'Quintus')
    draft.find(kept())
    const later = new Draft(null)
    expect(later.find(draft.keep())).toBe(true)
    expect(later.written.name).toBe('Quintus')
    expect(later.asideName).toBe('Maya Okafor')
  })

  test('is simply taken back when it is about the same person, or when nobody was asked for', () => {
    for (const draft of [new Draft(null, 'Maya Okafor'), new Draft(null)]) {
      expect(draft.find(kept())).toBe(true)
      expect(draft.written.phone).toBe('07700 900142')
      expect(draft.aside).toBeNull()
    }
  })
})
