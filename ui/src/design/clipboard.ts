/** Puts text on the clipboard, and says whether it got there: some systems refuse without telling why. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
