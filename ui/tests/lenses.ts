/** Ways of looking at a screen that hold for every screen: nothing sticks out, nothing is cut off, and in the test
 *  language nothing is left in English. */
import type { Page } from '@playwright/test'

/** Waits until the screen has come to rest. Until the next frame a colour that changes is read as the old one. */
export function rest(page: Page): Promise<void> {
  return page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    const moving = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(moving.map((each) => each.finished))
  })
}

/** What is wrong with the layout, in words; empty when nothing is. A table in a region of its own may be wider than
 *  the window, because a table has two dimensions. */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const name = (element: Element) =>
      `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> “${(element.textContent ?? '').trim().slice(0, 40)}”`
    const wide = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth > wide)
      found.push(`the window scrolls sideways: ${document.documentElement.scrollWidth} > ${wide}`)
    const allowed = '.spoken, .skip, [role=region][tabindex="0"], .uplot, [role=img]'
    for (const element of document.body.querySelectorAll('*')) {
      if (!(element instanceof HTMLElement) || element.closest(allowed)) continue
      if (!element.checkVisibility({ visibilityProperty: true })) continue
      const style = getComputedStyle(element)
      const box = element.getBoundingClientRect()
      if (box.width > 0 && box.right > wide + 1 && style.position !== 'fixed')
        found.push(`sticks out: ${name(element)}`)
      // Words a person wrote may be cut with an ellipsis; the program's own may not.
      const cuts = style.overflowX === 'hidden' || style.overflowX === 'clip'
      const typedInto = element.matches('input, textarea')
      if (
        cuts &&
        !typedInto &&
        box.width > 1 &&
        !element.closest('[data-own]') &&
        element.scrollWidth > element.clientWidth + 1
      ) {
        found.push(`is cut off: ${name(element)}`)
      }
    }
    return [...new Set(found)].slice(0, 10)
  })
}

/** Text that is on the screen and was not disguised, apart from what belongs to people, dates and keys. */
export function undisguised(page: Page, own: string[]): Promise<string[]> {
  return page.evaluate((mine) => {
    const found: string[] = []
    const exempt =
      '[data-own], time, kbd, .avatar, .spoken-own, script, style, textarea, select, svg, canvas, [role=option], [role=listbox]'
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement
      if (parent === null || parent.closest(exempt) || !parent.checkVisibility()) continue
      let text = (node.textContent ?? '').trim()
      for (const each of mine) text = text.replaceAll(each, '')
      text = text.replace(/^[\s·.,:;–-]+|[\s·.,:;–-]+$/g, '')
      if (!/\p{L}/u.test(text)) continue
      if (!(text.startsWith('[') && text.endsWith(']'))) found.push(text)
    }
    for (const element of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      if (element.closest(exempt) || !element.checkVisibility()) continue
      for (const attribute of ['aria-label', 'title', 'placeholder', 'alt']) {
        const text = (element.getAttribute(attribute) ?? '').trim()
        if (/\p{L}/u.test(text) && !text.startsWith('[')) found.push(`${attribute}: ${text}`)
      }
    }
    return [...new Set(found)]
  }, own)
}
