/** How Svelte reads the components: TypeScript inside `<script lang="ts">`, runes everywhere, and no
 *  accessibility warning let through (svelte-check runs with --fail-on-warnings). */
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    // bits-ui and lucide ship runes components; ours are told apart by their folder.
    runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true),
  },
}
