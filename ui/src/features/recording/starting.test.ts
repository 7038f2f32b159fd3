/** The start of a session: what is filled in, what the one press means, and that a microphone is never left open. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { NewSession, Session } from '../../bindings'
import { sessionLike } from '../sessions/sample'

const told = vi.hoisted(() => ({
  consentsList: vi.fn(),
  consentsText: vi.fn(),
  patientsRead: vi.fn(),
  recordingDevices: vi.fn(),
  recordingLeave: vi.fn(),
  recordingListen: vi.fn(),
  recordingStart: vi.fn(),
  sessionsBeginUnrecorded: vi.fn(),
  sessionsLately: vi.fn(),
  sessionsOfPatient: vi.fn(),
  settingsChange: vi.fn(),
  settingsRead: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: told, events: {} }))
vi.stubGlobal('matchMedia', () => ({ matches: false }))

const { AT_REST, recorder } = await import('./recorder.svelte')
const { Starting, startPanel, USUAL_MINUTES } = await import('./starting.svelte')

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = (code: string) => Promise.resolve({ status: 'error', error: { code, reference: 'a1b2c3d4' } })
const before = (change: Partial<Session>) => sessionLike({ plannedMinutes: 80, place: 'remote', attendees: ['Tom', 'Ana'], ...change })

beforeEach(() => {
  told.consentsList.mockImplementation(() => ok([{ id: 'paper', live: true, signedBy: 'Maya' }]))
  told.consentsText.mockImplementation(() =>
    Promise.resolve({ kind: 'recording', version: 1, title: '', paragraphs: [] }),
  )
  told.patientsRead.mockImplementation(() => ok({ name: 'Maya Okafor' }))
  told.recordingDevices.mockImplementation(() => ok([]))
  told.recordingListen.mockImplementation(() => ok({ ...AT_REST, phase: 'listening' }))
  told.recordingLeave.mockImplementation(() => ok(AT_REST))
  told.recordingStart.mockImplementation((asked: NewSession) => ok(sessionLike({ place: asked.place })))
  told.sessionsBeginUnrecorded.mockImplementation(() => ok(sessionLike({ state: 'unrecorded' })))
  told.sessionsOfPatient.mockImplementation(() => ok([]))
  told.sessionsLately.mockImplementation(() => ok([]))
  told.settingsRead.mockImplementation(() => ok({}))
  told.settingsChange.mockImplementation((settings: unknown) => ok(settings))
})

afterEach(() => {
  recorder.state = AT_REST
  startPanel.close()
  vi.clearAllMocks()
})

async function opened() {
  const starting = new Starting('maya')
  await starting.load()
  return starting
}

test('opening it listens at once and keeps nothing', async () => {
  await opened()
  expect(told.recordingListen).toHaveBeenCalledExactlyOnceWith([{ kind: 'default' }])
  expect(told.recordingStart).not.toHaveBeenCalled()
  expect(recorder.state.phase).toBe('listening')
})

test('it is filled in as it was with this person, else as long as with anybody, else fifty minutes', async () => {
  expect(await opened()).toMatchObject({ minutes: USUAL_MINUTES, place: 'room', others: '' })
  told.sessionsLately.mockImplementation(() => ok([before({ patient: 'somebody else' })]))
  expect(await opened()).toMatchObject({ minutes: 80, place: 'room', others: '' })
  told.sessionsOfPatient.mockImplementation(() => ok([before({ plannedMinutes: null })]))
  expect(await opened()).toMatchObject({ minutes: null, place: 'remote', others: 'Tom, Ana' })
})

test('what somebody chose meanwhile is not filled in again', async () => {
  told.sessionsOfPatient.mockImplementation(() => ok([before({})]))
  const starting = new Starting('maya')
  const loading = starting.load()
  starting.touch()
  starting.minutes = 25
  await loading
  expect(starting).toMatchObject({ minutes: 25, place: 'room' })
})

test('the press that starts says that everyone agrees, and names everyone', async () => {
  const starting = await opened()
  starting.others = ' Tom , , Ana'
  await starting.start()
  expect(told.recordingStart).toHaveBeenCalledExactlyOnceWith({
    patient: 'maya',
    plannedMinutes: 50,
    place: 'room',
    attendees: ['Tom', 'Ana'],
    confirmed: true,
  })
})

test('a note without recording claims nobody’s agreement and lets the microphone go', async () => {
  const starting = await opened()
  await starting.without()
  expect(told.sessionsBeginUnrecorded).toHaveBeenCalledWith(expect.objectContaining({ confirmed: false }))
  await starting.leave()
  expect(told.recordingLeave).toHaveBeenCalledOnce()
})

test('leaving lets the microphone go once, and after a start not at all', async () => {
  const left = await opened()
  await left.leave()
  await left.leave()
  expect(told.recordingLeave).toHaveBeenCalledOnce()
  const started = await opened()
  await started.start()
  await started.leave()
  expect(told.recordingLeave).toHaveBeenCalledOnce()
})

test('closed before the microphone was open, it is let go as soon as it is', async () => {
  let answer: (listening: unknown) => void = () => undefined
  told.recordingListen.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)))
  const starting = new Starting('maya')
  const loading = starting.load()
  await starting.leave()
  answer({ status: 'ok', data: { ...AT_REST, phase: 'listening' } })
  await loading
  expect(told.recordingLeave).toHaveBeenCalledTimes(2)
  expect(recorder.state.phase).toBe('idle')
})

test('without a microphone it says why, is not ready, and can be tried again', async () => {
  told.recordingListen.mockImplementationOnce(() => refused('microphone_missing'))
  const starting = await opened()
  expect(starting.deaf?.code).toBe('microphone_missing')
  expect(starting.ready).toBe(false)
  await starting.listen()
  expect(starting.deaf).toBeNull()
  expect(starting.ready).toBe(true)
})

test('a refused start says why and looks the consent up again', async () => {
  const starting = await opened()
  told.recordingStart.mockImplementationOnce(() => refused('consent_missing'))
  told.consentsList.mockImplementation(() => ok([]))
  expect(await starting.start()).toBeNull()
  expect(starting.fault?.code).toBe('consent_missing')
  await vi.waitFor(() => expect(starting.ready).toBe(false))
})

test('while a session is under way nothing else is started', () => {
  recorder.state = { ...AT_REST, phase: 'recording', session: 'talk', here: true }
  startPanel.open('maya')
  expect(startPanel.asked).toBeNull()
  expect(location.hash).toBe('#/sessions/talk')
})

test('the key means whoever’s line has the focus, and asks whom elsewhere', () => {
  const line = document.body.appendChild(document.createElement('li'))
  line.dataset['patient'] = 'maya'
  const link = line.appendChild(document.createElement('button'))
  link.focus()
  startPanel.openHere()
  expect(startPanel.asked).toEqual({ patient: 'maya' })
  link.blur()
  startPanel.openHere()
  expect(startPanel.asked).toEqual({ patient: null })
  line.remove()
})

test('the other side of a call is pointed out until it has a channel of its own', async () => {
  const device = (key: string, kind: string) => ({ key, name: key, kind, default: false, channels: 1, rate: 48_000 })
  told.recordingDevices.mockImplementation(() => ok([device('desk', 'microphone'), device('speakers', 'system_sound')]))
  const starting = await opened()
  expect(starting.callHeardThrough).toBeNull()
  starting.place = 'remote'
  expect(starting.callHeardThrough?.key).toBe('speakers')
  await starting.use([{ kind: 'default' }, { kind: 'device', key: 'speakers' }])
  expect(starting.callHeardThrough).toBeNull()
  await starting.use([])
})
