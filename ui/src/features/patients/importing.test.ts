/** Importing: nothing is written before the preview is accepted, and a refusal leads back to choosing. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Code, ImportReport } from '../../bindings'
import { Importing, LARGEST } from './importing.svelte'

const stub = vi.hoisted(() => ({ patientsImportPreview: vi.fn(), patientsImport: vi.fn() }))
vi.mock('../../bindings', () => ({ commands: stub }))

const ok = <T>(data: T) => Promise.resolve({ status: 'ok' as const, data })
const refused = (code: Code) =>
  Promise.resolve({ status: 'error' as const, error: { code, reference: 'a1b2c3d4' } })

const promised: ImportReport = {
  encoding: 'UTF-8',
  ready: 2,
  duplicates: 1,
  refused: 1,
  columns: ['name'],
  ignored: [],
  rows: [],
  imported: 0,
}
const file = (...bytes: number[]) => new File([new Uint8Array(bytes)], 'people.csv')

beforeEach(() => {
  stub.patientsImportPreview.mockImplementation(() => ok(promised))
  stub.patientsImport.mockImplementation((_: string, all: boolean) =>
    ok({ ...promised, imported: all ? 3 : 2 }),
  )
})

afterEach(() => void vi.clearAllMocks())

test('the bytes reach the store as they were, whatever encoding they are in', async () => {
  const importing = new Importing()
  await importing.choose(file(0xff, 0xfe, 0x00, 0x41, 0xe9))
  expect(stub.patientsImportPreview).toHaveBeenCalledWith('//4AQek=')
  expect(stub.patientsImport).not.toHaveBeenCalled()
})

test('duplicates are left out unless a person says otherwise', async () => {
  const importing = new Importing()
  await importing.choose(file(0x41))
  expect(importing.willImport).toBe(2)
  importing.withDuplicates = true
  expect(importing.willImport).toBe(3)
  await importing.importAll()
  expect(importing.step).toMatchObject({ name: 'done', report: { imported: 3 } })
})

test('a file that cannot be read leads back to choosing another, with the reason', async () => {
  stub.patientsImportPreview.mockImplementationOnce(() => refused('csv_no_name'))
  const importing = new Importing()
  await importing.choose(file(0x41))
  expect(importing.step.name).toBe('choosing')
  expect(importing.fault?.code).toBe('csv_no_name')
})

test('a file too large is refused without being read', async () => {
  const large = file(0x41)
  Object.defineProperty(large, 'size', { value: LARGEST + 1 })
  const importing = new Importing()
  await importing.choose(large)
  expect(importing.fault?.code).toBe('csv_too_large')
  expect(stub.patientsImportPreview).not.toHaveBeenCalled()
})

test('an import the store refuses leaves the preview to try again', async () => {
  stub.patientsImport.mockImplementationOnce(() => refused('disk_full'))
  const importing = new Importing()
  await importing.choose(file(0x41))
  await importing.importAll()
  expect(importing.step.name).toBe('preview')
  expect(importing.fault?.code).toBe('disk_full')
  await importing.importAll()
  expect(importing.step.name).toBe('done')
})

test('a second file starts afresh', async () => {
  const importing = new Importing()
  await importing.choose(file(0x41))
  importing.withDuplicates = true
  await importing.choose(file(0x42))
  expect(importing.withDuplicates).toBe(false)
})
