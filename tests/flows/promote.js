// What tst_promote deploys.
import { WorkflowEntrypoint } from "cloudflare:workers";
import { word } from "./word.js";

/** Tells what it finds in its env. */
export class Orders extends WorkflowEntrypoint {
  async run(event, step) {
    return step.do("look", async () => [word, this.env.MODE, this.env.API_KEY]);
  }
}

export default {
  async fetch() { return new Response("shop"); },
  async scheduled() {}
};
