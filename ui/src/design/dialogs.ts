/** Whether a question lies over the screen: then the keys and the focus are the dialog's, whatever goes on below. */
export function dialogIsOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null
}
