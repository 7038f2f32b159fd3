/** One chart: archiving shows at once and is taken back when the store refuses. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FaultError } from '../../backend/call'
import type { Patient } from '../../bindings'
import { Chart } from './chart.svelte'

const stub = vi.hoisted(() => ({
  patientsOpen: vi.fn(),
  patientsRead: vi.fn(),
  patientsArchive: vi.fn(),
  patientsRestore: vi.fn(),
}))
vi.mock('../../bindings', () => ({ commands: stub }))

const maya = { id: 'maya', name: 'Maya', standing: 'active' } as Patient
const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const broken = () => Promise.resolve({ status: 'error', error: { code: 'read_only', reference: 'a1b2c3d4' } })

beforeEach(() => {
  stub.patientsOpen.mockImplementation(() => ok(maya))
  stub.patientsRead.mockImplementation(() => ok({ ...maya, name: 'Maya O.' }))
  stub.patientsArchive.mockImplementation(() => ok({ ...maya, standing: 'archived' }))
  stub.patientsRestore.mockImplementation(() => ok(maya))
})

afterEach(() => void vi.clearAllMocks())

test('archiving shows before the store answers, and restoring undoes it', async () => {
  const chart = new Chart('maya')
  await chart.load()
  const archiving = chart.archive()
  expect(chart.patient?.standing).toBe('archived')
  await archiving
  await chart.restore()
  expect(chart.patient?.standing).toBe('active')
})

test('a refused archiving leaves the person where they were', async () => {
  stub.patientsArchive.mockImplementationOnce(broken)
  const chart = new Chart('maya')
  await chart.load()
  await expect(chart.archive()).rejects.toThrow(FaultError)
  expect(chart.patient?.standing).toBe('active')
})

test('a chart that cannot be opened says why and shows nobody', async () => {
  stub.patientsOpen.mockImplementationOnce(broken)
  const chart = new Chart('maya')
  await chart.load()
  expect(chart.patient).toBeNull()
  expect(chart.fault?.code).toBe('read_only')
})

test('an opened chart stays on screen when refreshing fails', async () => {
  const chart = new Chart('maya')
  await chart.load()
  stub.patientsRead.mockImplementationOnce(broken)
  await chart.load()
  expect(chart.patient?.name).toBe('Maya')
})

test('a chart is opened once, and what changes elsewhere is only read', async () => {
  const chart = new Chart('maya')
  await chart.load()
  await Promise.all([chart.load(), chart.load()])
  expect(stub.patientsOpen).toHaveBeenCalledOnce()
  expect(chart.patient?.name).toBe('Maya O.')
})

test('a chart that could not be opened is opened by the next try, and not merely read', async () => {
  stub.patientsOpen.mockImplementationOnce(broken)
  const chart = new Chart('maya')
  await chart.load()
  await chart.load()
  expect(stub.patientsOpen).toHaveBeenCalledTimes(2)
  expect(stub.patientsRead).not.toHaveBeenCalled()
})
