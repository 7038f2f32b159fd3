/** Who is who, in words that can be told apart. */
import { expect, test } from 'vitest'
import { client, talk, you } from './sample'
import { knownWords, namesOf, spokenMs, sureness } from './speakers'

const room = { patientName: 'Maya Okafor', mine: true }

test('whoever reads is “you”, and a colleague’s session says therapist', () => {
  expect(namesOf([you, client], room)).toEqual(['You', 'Maya Okafor'])
  expect(namesOf([you, client], { ...room, mine: false })).toEqual(['Therapist', 'Maya Okafor'])
})

test('a name that was given wins, and no two are alike', () => {
  const other = { ...client, role: 'other' as const }
  expect(namesOf([you, { ...client, name: 'Mother' }, other, other], room)).toEqual(['You', 'Mother', 'Someone else 1', 'Someone else 2'])
  expect(namesOf([you, client, client], room)).toEqual(['You', 'Maya Okafor 1', 'Maya Okafor 2'])
})

test('how sure it is has words and no figure', () => {
  expect([0.95, 0.5, 0.25, 0.24].map(sureness)).toEqual(['very', 'very', 'fairly', 'hardly'])
  expect(knownWords(you)).toBe('told apart by voice: fairly sure')
  expect(knownWords({ ...you, knownBy: 'channel' })).toBe('by their own microphone')
})

test('how long each spoke is counted', () => {
  expect(spokenMs(talk, 2)).toEqual([2_360, 5_340])
})
