/** What the words beside a row of an import say, before and after it, and the report to take away.
 *
 *  Before the import a verdict is a promise, afterwards a fact; the same row never uses the same word for both. */
import type { ImportReport, ImportRow } from '../../bindings'
import { faultSentence, t } from '../../words/words'

export type Outcome = 'ready' | 'duplicate' | 'refused' | 'imported' | 'left_out'

export const TONES = {
  ready: 'accent',
  imported: 'good',
  duplicate: 'neutral',
  left_out: 'neutral',
  refused: 'warm',
} as const satisfies Record<Outcome, string>

const DONE = {
  ready: 'imported',
  duplicate: 'left_out',
  refused: 'refused',
} as const satisfies Record<ImportRow['verdict'], Outcome>

/** What the import would do with a row. */
export function promised(row: ImportRow, withDuplicates: boolean): Outcome {
  return row.verdict === 'duplicate' && withDuplicates ? 'ready' : row.verdict
}

/** What it did: the report made while importing says so, and no switch on the screen changes it afterwards. */
export function became(row: ImportRow): Outcome {
  return DONE[row.verdict]
}

/** One line a row, for whoever mends the spreadsheet. */
export function reportText(report: ImportReport): string {
  const lines = report.rows.map((row) => {
    const verdict = t(`patients.${became(row)}`)
    const why = [
      row.resembles === null ? '' : t('patients.resembles', { name: row.resembles }),
      row.code === null ? '' : faultSentence(row.code),
      row.code === null || row.column === null ? '' : t('patients.in_column', { column: row.column }),
    ]
    const said = t('patients.report_line', { line: row.line, name: row.name, verdict })
    return [`${said}.`, ...why].filter(Boolean).join(' ')
  })
  return [t('patients.import_done', { count: report.imported }), '', ...lines, ''].join('\n')
}
