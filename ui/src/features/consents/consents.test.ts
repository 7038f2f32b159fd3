/** Consent: what holds, what was taken back, and that a name is signed under the text that was shown. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FaultError } from '../../backend/call'
import type { Consent, ConsentText, NewConsent } from '../../bindings'
import { Consents } from './consents.svelte'

const stub = vi.hoisted(() => ({
  consentsList: vi.fn(),
  consentsText: vi.fn(),
  consentsGive: vi.fn(),
  consentsWithdraw: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const text: ConsentText = { kind: 'recording', version: 2, title: 'Recording', paragraphs: [] }
const signed = (change: Partial<Consent> = {}): Consent => ({
  ...text,
  id: 'one',
  patient: 'maya',
  signedBy: 'Maya Okafor',
  signedAt: '2026-04-14T10:00:00Z',
  recordedBy: 'me',
  withdrawnAt: null,
  live: true,
  ...change,
})

beforeEach(() => {
  stub.consentsList.mockImplementation(() => ok([]))
  stub.consentsText.mockImplementation(() => Promise.resolve(text))
  stub.consentsGive.mockImplementation((asked: NewConsent) => ok(signed({ signedBy: asked.signedBy })))
  stub.consentsWithdraw.mockImplementation(() => ok(signed({ live: false, withdrawnAt: '2026-04-14T11:00:00Z' })))
})

afterEach(() => void vi.clearAllMocks())

test('before the first answer nothing is known, which is not the same as no consent', async () => {
  const consents = new Consents('maya')
  expect(consents.list).toBeNull()
  await consents.load()
  expect(consents.list).toEqual([])
  expect(consents.live).toBeNull()
})

test('a name is signed under the version that was shown, and holds at once', async () => {
  const consents = new Consents('maya')
  await consents.load()
  await consents.give('  Maya Okafor ')
  expect(stub.consentsGive).toHaveBeenCalledExactlyOnceWith({
    patient: 'maya',
    kind: 'recording',
    version: 2,
    signedBy: 'Maya Okafor',
  })
  expect(consents.live?.signedBy).toBe('Maya Okafor')
})

test('nothing is signed before the text has been shown', async () => {
  const consents = new Consents('maya')
  await consents.give('Maya Okafor')
  expect(stub.consentsGive).not.toHaveBeenCalled()
})

test('taken back, it holds no longer and stays readable', async () => {
  stub.consentsList.mockImplementation(() => ok([signed()]))
  const consents = new Consents('maya')
  await consents.load()
  await consents.withdraw(signed())
  expect(consents.live).toBeNull()
  expect(consents.past.map((each) => each.id)).toEqual(['one'])
})

test('a refused withdrawal leaves the consent standing and says why', async () => {
  stub.consentsList.mockImplementation(() => ok([signed()]))
  stub.consentsWithdraw.mockResolvedValueOnce({ status: 'error', error: { code: 'read_only', reference: 'a1b2c3d4' } })
  const consents = new Consents('maya')
  await consents.load()
  await expect(consents.withdraw(signed())).rejects.toThrow(FaultError)
  expect(consents.live?.id).toBe('one')
})

test('the text is asked for once, and the list as often as it changes', async () => {
  const consents = new Consents('maya')
  await consents.load()
  await consents.load()
  expect(stub.consentsText).toHaveBeenCalledOnce()
  expect(stub.consentsList).toHaveBeenCalledTimes(2)
})
