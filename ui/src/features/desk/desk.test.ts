/** Who sits here: what a lock leaves on the screen, in which order it happens, and whom the lock then greets. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { OpenDesk, ProfileCard } from '../../bindings'

const told = vi.hoisted(() => ({ order: [] as string[], state: { profiles: [] as unknown[], open: null as unknown } }))

vi.mock('../../bindings', () => ({
  commands: {
    deskState: () => Promise.resolve({ status: 'ok', data: { ...told.state } }),
    deskLock: () => {
      told.order.push('lock')
      return Promise.resolve({ status: 'ok', data: null })
    },
  },
}))
vi.mock('../../frame/unsaved.svelte', () => ({
  flushUnsaved: async () => {
    told.order.push('flush')
    await Promise.resolve()
    told.order.push('flushed')
  },
}))

const { desk } = await import('./desk.svelte')
const { toasts } = await import('../../design/toasts.svelte')

function card(id: string, change: Partial<ProfileCard> = {}): ProfileCard {
  return {
    id,
    kind: 'practice',
    greeting: null,
    practice: null,
    country: 'GB',
    hasPin: false,
    sample: false,
    lockedAt: null,
    waitSeconds: 0,
    ...change,
  }
}

function opened(profile: ProfileCard): OpenDesk {
  return {
    profile,
    me: { id: 'm', name: 'Ingrid', role: 'owner' },
    practice: { name: 'Lindqvist', country: 'GB' },
    ownChart: null,
    kitVerified: true,
    keychain: 'absent',
  }
}

beforeEach(async () => {
  told.order = []
  told.state = { profiles: [card('one', { lockedAt: '2026-04-14T10:00:00Z' }), card('two')], open: null }
  location.hash = ''
  await desk.load()
})

describe('before anything is open', () => {
  test('with nobody here yet it is the first run', async () => {
    told.state = { profiles: [], open: null }
    await desk.load()
    expect(desk.stage).toBe('enrolling')
  })

  test('the lock stands before whoever locked last', () => {
    expect(desk.stage).toBe('locked')
    expect(desk.profile?.id).toBe('one')
  })

  test('or before whoever was chosen', () => {
    desk.choose('two')
    expect(desk.profile?.id).toBe('two')
  })
})

describe('a first run', () => {
  test('holds keys from the moment the store is made, long before its window opens', () => {
    expect(desk.unlocked).toBe(false)
    desk.founded()
    expect(desk.unlocked).toBe(true)
    desk.enter(opened(card('one')))
    expect(desk.unlocked).toBe(true)
  })

  test('holds none once Rust has locked while the kit was being written down', async () => {
    told.state = { profiles: [], open: null }
    await desk.load()
    desk.founded()
    await desk.lockedByItself()
    expect(desk.unlocked).toBe(false)
  })
})

describe('locking', () => {
  test('the window is empty before anything has been asked of Rust', () => {
    desk.enter(opened(card('one')))
    toasts.say({ text: 'Archived.' })
    void desk.lock()
    expect(desk.open).toBeNull()
    expect(desk.stage).toBe('locked')
    expect(toasts.shown).toEqual([])
    expect(told.order).toEqual(['flush'])
  })

  test('what is half written is handed over before the keys are forgotten', async () => {
    desk.enter(opened(card('one')))
    await desk.lock()
    expect(told.order).toEqual(['flush', 'flushed', 'lock'])
  })

  test('unlocking waits for a lock still under way', async () => {
    desk.enter(opened(card('one')))
    void desk.lock()
    await desk.unlocking(() => {
      told.order.push('unlock')
      return Promise.resolve(opened(card('one')))
    })
    expect(told.order).toEqual(['flush', 'flushed', 'lock', 'unlock'])
    expect(desk.stage).toBe('open')
  })

  test('a lock that came from Rust empties the window too', async () => {
    desk.enter(opened(card('one')))
    await desk.lockedByItself()
    expect(desk.open).toBeNull()
    expect(desk.stage).toBe('locked')
    expect(told.order).toEqual([])
  })
})

describe('where one comes back to', () => {
  test('the same person finds the screen they left', async () => {
    desk.enter(opened(card('one')))
    location.hash = '#/patients/7'
    await desk.lock()
    desk.enter(opened(card('one')))
    expect(location.hash).toBe('#/patients/7')
  })

  test('another person begins at the start', async () => {
    desk.enter(opened(card('one')))
    location.hash = '#/patients/7'
    await desk.lock()
    desk.enter(opened(card('two')))
    expect(location.hash).toBe('#/')
  })
})
