/** Addresses of the desk; every screen has one that can be sent to a colleague. */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router"
import type { Role } from "./api/types"

declare module "vue-router" {
  interface RouteMeta {
    roles?: Role[] // who finds it in the menu; the server decides
    icon?: string
    needs?: "knowledge" | "incidents" // what the shop must have for it
  }
}

const talkers: Role[] = ["agent", "supervisor", "community", "live"]
const leads: Role[] = ["agent", "supervisor"]

export const screens: RouteRecordRaw[] = [
  {
    path: "/inbox/:id(\\d+)?",
    name: "inbox",
    component: () => import("./views/Inbox.vue"),
    meta: { roles: talkers, icon: "inbox" },
  },
  {
    path: "/people/:id(\\d+)?",
    name: "people",
    component: () => import("./views/Contact.vue"),
    meta: { roles: leads, icon: "person" },
  },
  {
    path: "/complaints/:number?",
    name: "complaints",
    component: () => import("./views/Complaints.vue"),
    meta: { roles: leads, icon: "complaints" },
  },
  {
    path: "/incidents/:number?",
    name: "incidents",
    component: () => import("./views/Incidents.vue"),
    meta: { roles: leads, icon: "incidents", needs: "incidents" },
  },
  {
    path: "/wall",
    name: "wall",
    component: () => import("./views/Wall.vue"),
    meta: { roles: ["supervisor"], icon: "wall" },
  },
  {
    path: "/numbers",
    name: "numbers",
    component: () => import("./views/Numbers.vue"),
    meta: { roles: ["supervisor"], icon: "numbers" },
  },
  {
    path: "/quality/:id(\\d+)?",
    name: "quality",
    component: () => import("./views/Quality.vue"),
    meta: { roles: leads, icon: "quality" },
  },
  {
    path: "/canned",
    name: "canned",
    component: () => import("./views/Canned.vue"),
    meta: { roles: [...talkers, "trainer"], icon: "canned" },
  },
  {
    path: "/knowledge",
    name: "knowledge",
    component: () => import("./views/Knowledge.vue"),
    meta: { roles: [...talkers, "trainer"], icon: "knowledge", needs: "knowledge" },
  },
  {
    path: "/knowledge/:entry",
    name: "entry",
    component: () => import("./views/KnowledgeEntry.vue"),
  },
  {
    path: "/learning",
    name: "learning",
    component: () => import("./views/Learning.vue"),
    meta: { roles: ["supervisor", "trainer"], icon: "learning", needs: "knowledge" },
  },
  {
    path: "/staff",
    name: "staff",
    component: () => import("./views/Staff.vue"),
    meta: { roles: ["admin"], icon: "staff" },
  },
  {
    path: "/sentences",
    name: "sentences",
    component: () => import("./views/Sentences.vue"),
    meta: { roles: ["supervisor", "trainer"], icon: "sentences" },
  },
  {
    path: "/settings",
    name: "settings",
    component: () => import("./views/Settings.vue"),
    meta: { roles: ["supervisor", "community"], icon: "settings" },
  },
  {
    path: "/audit",
    name: "audit",
    component: () => import("./views/Audit.vue"),
    meta: { roles: ["admin"], icon: "audit" },
  },
  { path: "/account", name: "account", component: () => import("./views/Account.vue") },
]

export const router = createRouter({
  history: createWebHistory("/desk/"),
  routes: [...screens, { path: "/:rest(.*)*", name: "home", component: () => import("./views/Home.vue") }],
})
