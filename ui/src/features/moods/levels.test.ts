/** The mapping of ten scores to five levels, and of keys to scores. */
import { expect, test } from 'vitest'
import { levelOf, scoreOfKey, SCORES } from './levels'

test('two scores share a level, from very low to very positive', () => {
  expect(SCORES.map(levelOf)).toEqual([
    'very_low',
    'very_low',
    'low',
    'low',
    'neutral',
    'neutral',
    'positive',
    'positive',
    'very_positive',
    'very_positive',
  ])
})

test('digit keys are scores and nought is ten', () => {
  expect([...'1234567890'].map(scoreOfKey)).toEqual([...SCORES])
  expect(['a', 'F1', '10', ' ', '٣'].map(scoreOfKey)).toEqual([null, null, null, null, null])
})
