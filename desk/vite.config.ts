/** Builds the desk into the folder that the plugin `console` serves; `dev.py` calls it. */
import vue from "@vitejs/plugin-vue"
import Components from "unplugin-vue-components/vite"
import { ElementPlusResolver } from "unplugin-vue-components/resolvers"
import { defineConfig } from "vite"

export default defineConfig({
  base: "/desk/",
  plugins: [vue(), Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver()] })],
  build: {
    outDir: "../plugins/console/page",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    assetsInlineLimit: 0, // the page's security policy allows no data: scripts or styles
    license: true,
  },
  server: { proxy: { "/desk/api": { target: "http://127.0.0.1:8080", ws: true } } },
})
