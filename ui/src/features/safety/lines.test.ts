/** The crisis lines: the latest country wins, and a failure is never a blank page. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CrisisLines } from '../../bindings'
import { dialled, Lines } from './lines.svelte'

const stub = vi.hoisted(() => ({ safetyLines: vi.fn() }))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const of = (country: string): CrisisLines => ({ country, emergency: ['112'], lines: [] })

beforeEach(() => void stub.safetyLines.mockImplementation((country: string) => ok(of(country))))
afterEach(() => void vi.clearAllMocks())

test('the country asked for last is the one shown, however slow the first was', async () => {
  const lines = new Lines()
  let late: (found: CrisisLines) => void = () => undefined
  stub.safetyLines.mockImplementationOnce(() => new Promise<CrisisLines>((say) => (late = say)).then(ok))
  const slow = lines.show('GB')
  await lines.show('SE')
  late(of('GB'))
  await slow
  expect(lines.found?.country).toBe('SE')
})

test('a failure leaves an empty list and not a blank page', async () => {
  stub.safetyLines.mockImplementationOnce(() =>
    Promise.resolve({ status: 'error', error: { code: 'unexpected', reference: 'a1b2c3d4' } }),
  )
  const lines = new Lines()
  await lines.show('GB')
  expect(lines.found).toEqual({ country: 'GB', emergency: [], lines: [] })
})

test('a number is dialled without the spaces it is read with', () => {
  expect(dialled('0808 808 8000')).toBe('08088088000')
  expect(dialled('+44 (0)20-7946')).toBe('+440207946')
})
