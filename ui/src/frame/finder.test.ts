/** The people behind the palette: nobody is offered who does not answer what is typed. */
import { afterEach, expect, test, vi } from 'vitest'
import type { PatientFound } from '../bindings'
import { Finder } from './finder.svelte'

const stub = vi.hoisted(() => ({ patientsFind: vi.fn() }))
vi.mock('../bindings', () => ({ commands: stub }))
afterEach(() => vi.clearAllMocks())

const found = (name: string, exact = true) => ({ patient: { id: name, name }, exact }) as PatientFound
const names = (rows: PatientFound[]) => rows.map((row) => row.patient.name)

/** Answers of the store, each given when the test says so. */
function answers(): ((rows: PatientFound[]) => void)[] {
  const given: ((rows: PatientFound[]) => void)[] = []
  stub.patientsFind.mockImplementation(
    () => new Promise((say) => given.push((data) => say({ status: 'ok', data }))),
  )
  return given
}

test('clearing the text finds nobody, and an answer still on its way stays out', async () => {
  const given = answers()
  const finder = new Finder()
  finder.ask('ma')
  const late = finder.settled()
  finder.ask('')
  given[0]?.([found('Maya')])
  await late
  expect(finder.exact).toEqual([])
  expect(finder.settled()).toBeNull()
})

test('whoever no longer matches goes with the letter, and guesses go too', async () => {
  const given = answers()
  const finder = new Finder()
  finder.ask('ma')
  given[0]?.([found('Maya'), found('Marek'), found('Mia', false)])
  await finder.settled()
  finder.ask('may')
  expect(names(finder.exact)).toEqual(['Maya'])
  expect(finder.guesses).toEqual([])
})

test('the answer to fewer letters never replaces the answer to these', async () => {
  const given = answers()
  const finder = new Finder()
  finder.ask('m')
  const slow = finder.settled()
  finder.ask('mar')
  given[1]?.([found('Marek')])
  await finder.settled()
  given[0]?.([found('Maya')])
  await slow
  expect(names(finder.exact)).toEqual(['Marek'])
})

test('a store that fails finds nobody and holds nobody up', async () => {
  stub.patientsFind.mockImplementation(() =>
    Promise.resolve({ status: 'error', error: { code: 'locked', reference: 'a1b2c3d4' } }),
  )
  const finder = new Finder()
  finder.ask('ma')
  await finder.settled()
  expect(finder.settled()).toBeNull()
  expect(finder.exact).toEqual([])
})
