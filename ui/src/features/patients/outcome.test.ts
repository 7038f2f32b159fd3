/** The words beside a row: a promise before the import, and afterwards what the report says was done. */
import { describe, expect, test } from 'vitest'
import type { ImportReport, ImportRow } from '../../bindings'
import { became, promised, reportText } from './outcome'

const row = (verdict: ImportRow['verdict'], resembles: string | null = null): ImportRow => ({
  line: 2,
  name: 'Maya Okafor',
  verdict,
  code: verdict === 'refused' ? 'email_invalid' : null,
  column: verdict === 'refused' ? 'E-mail' : null,
  resembles,
})

describe('before the import', () => {
  test('somebody who may be here already is left out unless asked for', () => {
    expect(promised(row('duplicate'), false)).toBe('duplicate')
    expect(promised(row('duplicate'), true)).toBe('ready')
  })

  test('a row that cannot be taken is not taken by any switch', () => {
    expect(promised(row('refused'), true)).toBe('refused')
  })
})

describe('after the import', () => {
  test('what was brought in though it resembled somebody is said to be added', () => {
    expect(became(row('ready', 'Maya Okafor'))).toBe('imported')
  })

  test('what was left out is never said to be added', () => {
    expect(became(row('duplicate', 'Maya Okafor'))).toBe('left_out')
  })

  test('the report names each row, what became of it and why', () => {
    const rows = [row('ready'), row('refused')]
    const report: ImportReport = {
      encoding: 'UTF-8',
      ready: 1,
      duplicates: 0,
      refused: 1,
      columns: [],
      ignored: [],
      rows,
      imported: 1,
    }
    expect(reportText(report)).toContain('1 person added')
    expect(reportText(report)).toContain('Row 2: Maya Okafor: cannot be added. That does not look like')
  })
})
