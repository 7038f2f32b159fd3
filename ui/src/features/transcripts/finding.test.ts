/** Finding what was said, however it is typed. */
import { expect, test } from 'vitest'
import { findIn } from './finding'
import { said, talk } from './sample'
import { linesOf } from './turns'

const find = (query: string, segments = talk) => findIn(linesOf(segments, [], null), query)

test('capitals, commas and half a word do not matter', () => {
  expect(find('PANIC att')).toEqual([{ line: 1, from: 3, to: 4 }])
  expect(find('attack it was')).toEqual([{ line: 1, from: 4, to: 6 }])
})

test('accents and kinds of apostrophes do not matter', () => {
  const segments = [said(1, 0, 0, 'I’m at Café Zoë')]
  expect(find("i'm at cafe zoe", segments)).toEqual([{ line: 0, from: 0, to: 3 }])
})

test('each place counts once, in the order of time', () => {
  expect(find('i').map(({ line }) => line)).toEqual([1, 1, 1, 3, 3, 3])
  expect(find('going to').map(({ from }) => from)).toEqual([4])
})

test('nothing is found in nothing, nor over the end of a turn', () => {
  expect(find('  ,')).toEqual([])
  expect(find('monday i had')).toEqual([])
})
