/** The test language on every screen: no word that escaped the words file, no layout that cannot grow. */
import type { Page } from '@playwright/test'
import type { PatientFound, Settings } from '../src/bindings'
import { type Bridge, expect, test } from './bridge'
import { misfits, undisguised } from './lenses'
import { ask } from './steps'
import { beforeTheDoor, clinician, firstRun, type Look, patient } from './tours'
import { Words } from './words'

const words = new Words('pseudo')

async function speakPseudo(bridge: Bridge): Promise<void> {
  const settings = await ask<Settings>(bridge, 'settings_read')
  await ask(bridge, 'settings_change', { settings: { ...settings, language: 'pseudo' } })
}

/** `own` answers what belongs to people on the screen, which nobody translates. */
function disguised(page: Page, own: () => Promise<string[]>): Look {
  return async (screen) => {
    expect.soft(await undisguised(page, await own()), `${screen}: left in English`).toEqual([])
    expect.soft(await misfits(page), `${screen}: does not fit`).toEqual([])
  }
}

test('the first run leaves no word behind', async ({ page, empty }) => {
  await speakPseudo(empty)
  await firstRun(
    page,
    empty,
    words,
    disguised(page, async () => ['Ingrid Lindqvist', 'Ingrid', 'Lindqvist Practice']),
  )
})

test('the lock leaves no word behind', async ({ page, sample }) => {
  await speakPseudo(sample)
  const { profiles } = await ask<{ profiles: { practice: string; greeting: string }[] }>(sample, 'desk_state')
  const own = profiles.flatMap(({ practice, greeting }) => [practice, greeting]).filter(Boolean)
  await beforeTheDoor(
    page,
    sample,
    words,
    disguised(page, async () => [...own, 'United Kingdom', 'Sweden']),
  )
})

test('the clinician’s screens leave no word behind', async ({ page, sample }) => {
  test.setTimeout(300_000)
  await speakPseudo(sample)
  // The lock, which a recording goes through, shows them.
  const { profiles } = await ask<{ profiles: { practice: string; greeting: string }[] }>(sample, 'desk_state')
  const onTheDoor = profiles.flatMap(({ practice, greeting }) => [practice, greeting])
  let known: (string | null)[] = []
  const own = async () => {
    // Behind the lock nobody is asked for, and nobody new can be on the screen.
    const { open } = await ask<{ open: unknown }>(sample, 'desk_state')
    if (open === null) return known.filter((each) => each !== null)
    const find = (standing: string) => ask<PatientFound[]>(sample, 'patients_find', { query: '', standing })
    const found = [...(await find('active')), ...(await find('archived'))]
    known = found
      .flatMap(({ patient: { name, preferredName, pronouns } }) => [name, preferredName, pronouns])
      .concat(onTheDoor)
    return known.filter((each) => each !== null)
  }
  await clinician(page, sample, words, disguised(page, own))
})

test('the patient’s screens leave no word behind', async ({ page, empty }) => {
  await speakPseudo(empty)
  await patient(
    page,
    empty,
    words,
    disguised(page, async () => ['Maya']),
  )
})
