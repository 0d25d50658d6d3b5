import { createPinia } from "pinia"
import { createApp } from "vue"
import App from "./App.vue"
import { router } from "./router"
import { learn } from "./texts"
import "element-plus/theme-chalk/dark/css-vars.css"
import "./desk.css"

await learn()
createApp(App).use(createPinia()).use(router).mount("#app")
