/** How old someone is on a day, by the calendar where they are, not by counting hours. */
export function age(bornOn: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = bornOn.split('-').map(Number)
  const birthdayPassed = now.getMonth() + 1 > month || (now.getMonth() + 1 === month && now.getDate() >= day)
  return now.getFullYear() - year - (birthdayPassed ? 0 : 1)
}
