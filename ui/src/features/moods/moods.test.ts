/** The one-press mood: what shows at once, what the store's refusal takes back, what undo undoes. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FaultError } from '../../backend/call'
import type { Code, Mood, NewMood } from '../../bindings'
import { CORRECTABLE, ECHO, Moods } from './moods.svelte'

const stub = vi.hoisted(() => ({
  moodsLog: vi.fn(),
  moodsAmend: vi.fn(),
  moodsWithdraw: vi.fn(),
  moodsRestore: vi.fn(),
  moodsList: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = (code: Code) =>
  Promise.resolve({ status: 'error' as const, error: { code, reference: 'a1b2c3d4' } })

/** The store, as far as these tests need one. */
let kept: Mood[] = []

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-04-14T10:00:00Z') })
  kept = []
  stub.moodsList.mockImplementation(() => ok(kept.filter((mood) => !mood.withdrawn)))
  stub.moodsLog.mockImplementation((asked: NewMood) => {
    const at = new Date().toISOString()
    const mood: Mood = {
      ...asked,
      id: `stored-${kept.length + 1}`,
      level: 'neutral',
      feltAt: asked.feltAt ?? at,
      loggedAt: at,
      author: 'me',
      byPatient: true,
      withdrawn: false,
    }
    kept.push(mood)
    return ok(mood)
  })
  const change = (id: string, to: Partial<Mood>) => {
    kept = kept.map((mood) => (mood.id === id ? { ...mood, ...to } : mood))
    return ok(kept.find((mood) => mood.id === id) as Mood)
  }
  stub.moodsAmend.mockImplementation((id: string, words: string | null) => change(id, { words }))
  stub.moodsWithdraw.mockImplementation((id: string) => change(id, { withdrawn: true }))
  stub.moodsRestore.mockImplementation((id: string) => change(id, { withdrawn: false }))
})

afterEach(() => {
  vi.useRealTimers()
  vi.clearAllMocks()
})

const scores = (moods: Moods) => moods.list?.map((mood) => mood.score)

describe('one press', () => {
  test('shows before the store has answered', async () => {
    const moods = new Moods('maya')
    const pressing = moods.press(6)
    expect(moods.chosen).toBe(6)
    expect(moods.justLogged).toBeNull()
    expect(scores(moods)).toEqual([6])
    await pressing
    expect(moods.justLogged?.id).toBe('stored-1')
    expect(scores(moods)).toEqual([6])
  })

  test('is taken off again when the store refuses, and says why', async () => {
    const moods = new Moods('maya')
    await moods.load()
    stub.moodsLog.mockImplementationOnce(() => refused('disk_full'))
    await expect(moods.press(6)).rejects.toThrow(FaultError)
    expect(moods.list).toEqual([])
    expect(moods.chosen).toBeNull()
  })

  test('is undone by withdrawing, and undoing the withdrawal brings the same mood back', async () => {
    const moods = new Moods('maya')
    const { undo } = await moods.press(6)
    const [logged] = moods.list ?? []
    await undo()
    expect(moods.list).toEqual([])
    expect(moods.chosen).toBeNull()
    await moods.restore(logged as Mood)
    expect(moods.list?.map((mood) => mood.id)).toEqual(['stored-1'])
  })

  test('a second press corrects the first and keeps its words and its time', async () => {
    const moods = new Moods('maya')
    await moods.press(1)
    await moods.amend(moods.justLogged as Mood, 'a long night')
    vi.advanceTimersByTime(1000)
    const { undo } = await moods.press(10)
    expect(moods.list).toMatchObject([
      { score: 10, words: 'a long night', feltAt: '2026-04-14T10:00:00.000Z' },
    ])
    await undo()
    expect(moods.list).toMatchObject([{ score: 1, words: 'a long night' }])
    expect(moods.chosen).toBe(1)
  })

  test('two presses in one breath are one mood, because the second waits for the first', async () => {
    const moods = new Moods('maya')
    await Promise.all([moods.press(1), moods.press(10)])
    expect(scores(moods)).toEqual([10])
    expect(kept.filter((mood) => !mood.withdrawn).map((mood) => mood.score)).toEqual([10])
    expect(moods.chosen).toBe(10)
  })

  test('after five minutes a press is a new mood, because both were felt', async () => {
    const moods = new Moods('maya')
    await moods.press(4)
    vi.advanceTimersByTime(CORRECTABLE)
    expect(moods.chosen).toBeNull()
    await moods.press(7)
    expect(scores(moods)).toEqual([7, 4])
  })

  test('a mood of yesterday is placed under today and corrects nothing', async () => {
    const moods = new Moods('maya')
    await moods.press(4)
    await moods.press(8, new Date('2026-04-13T20:00:00Z'))
    expect(scores(moods)).toEqual([4, 8])
  })

  test('a press for now after a mood of yesterday is felt now and leaves yesterday’s alone', async () => {
    const moods = new Moods('maya')
    await moods.press(8, new Date('2026-04-13T20:00:00Z'))
    vi.advanceTimersByTime(ECHO)
    const { corrected } = await moods.press(4)
    expect(corrected).toBeNull()
    expect(moods.list).toMatchObject([
      { score: 4, feltAt: '2026-04-14T10:00:00.700Z' },
      { score: 8, feltAt: '2026-04-13T20:00:00.000Z' },
    ])
  })

  test('a mood of yesterday between two for now is corrected by neither', async () => {
    const moods = new Moods('maya')
    await moods.press(4)
    await moods.press(8, new Date('2026-04-13T20:00:00Z'))
    await moods.press(5)
    expect(moods.list).toMatchObject([{ score: 4 }, { score: 5 }, { feltAt: '2026-04-13T20:00:00.000Z', score: 8 }])
  })

  test('a hand that presses the same number twice has pressed once, yesterday’s too', async () => {
    const moods = new Moods('maya')
    const [first, echo] = await Promise.all([moods.press(8, new Date('2026-04-13T20:00:00Z')), moods.press(8)])
    expect(echo).toBe(first)
    expect(kept).toHaveLength(1)
  })

  test('says which mood it took the place of', async () => {
    const moods = new Moods('maya')
    const { logged } = await moods.press(4)
    expect((await moods.press(5)).corrected?.id).toBe(logged.id)
  })

  test('is not forgotten while somebody writes beside it, but is no longer corrected', async () => {
    const moods = new Moods('maya')
    await moods.press(4)
    const letGo = moods.hold()
    vi.advanceTimersByTime(2 * CORRECTABLE)
    expect(moods.justLogged?.score).toBe(4)
    letGo()
    await moods.press(7)
    expect(scores(moods)).toEqual([7, 4])
    vi.advanceTimersByTime(CORRECTABLE)
    expect(moods.justLogged).toBeNull()
  })
})

describe('the list', () => {
  test('is not known before the first answer, which is not the same as empty', async () => {
    const moods = new Moods('maya')
    expect(moods.list).toBeNull()
    await moods.load()
    expect(moods.list).toEqual([])
  })

  test('keeps showing what it knew when asking again fails', async () => {
    const moods = new Moods('maya')
    await moods.press(5)
    stub.moodsList.mockImplementationOnce(() => refused('unexpected'))
    await moods.load()
    expect(scores(moods)).toEqual([5])
    expect(moods.fault?.code).toBe('unexpected')
  })

  test('an answer asked for before a change neither undoes the change nor goes missing', async () => {
    const moods = new Moods('maya')
    await moods.press(4, new Date('2026-04-01T10:00:00Z'))
    const late = new Moods('maya')
    let answer: (list: Mood[]) => void = () => undefined
    stub.moodsList.mockImplementationOnce(() => new Promise<Mood[]>((say) => (answer = say)).then(ok))
    const loading = late.load()
    await late.press(5)
    answer([])
    await loading
    await vi.waitFor(() => expect(scores(late)).toEqual([5, 4]))
  })

  test('words of blanks are no words', async () => {
    const moods = new Moods('maya')
    await moods.press(5)
    await moods.amend(moods.justLogged as Mood, '   ')
    expect(stub.moodsAmend).toHaveBeenLastCalledWith('stored-1', null)
  })

  test('a withdrawal the store refuses leaves the mood where it was', async () => {
    const moods = new Moods('maya')
    await moods.press(5)
    stub.moodsWithdraw.mockImplementationOnce(() => refused('read_only'))
    await expect(moods.withdraw(moods.justLogged as Mood)).rejects.toThrow(FaultError)
    expect(scores(moods)).toEqual([5])
  })
})
