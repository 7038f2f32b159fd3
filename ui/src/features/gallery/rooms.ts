/** Where the gallery can be entered: from the settings, or by its address. */
import type { Room } from '../../frame/rooms'
import GalleryPage from './GalleryPage.svelte'

export const rooms: Room[] = [{ path: '/gallery', page: GalleryPage, kinds: ['practice', 'personal'] }]
