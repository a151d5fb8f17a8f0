// Cart reminder: wait a while, look again, and do something only if it is still needed. It shows
//   - a sleep, which survives restarts of the engine: the time left is what counts, not the process,
//   - an `if` between steps. That is allowed as long as it depends on params and step results only: `run` is executed
//     again after a restart and has to take the same way.
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";

interface Cart {
  cartId?: string;
  email?: string;
  /** Milliseconds, or words: "10 seconds", "1 hour", "3 days". */
  wait?: string | number;
  items?: number;
  /** What the pretended shop answers when it is asked whether the cart was bought. */
  checkedOut?: boolean;
}

export class CartReminder extends WorkflowEntrypoint<unknown, Cart> {
  async run(event: WorkflowEvent<Cart>, step: WorkflowStep) {
    const cart = event.payload ?? {};

    const before = await step.do("note the cart", async () => {
      console.log(`Cart ${cart.cartId ?? "cart-1"} was left with ${cart.items ?? 1} item(s)`);
      return { cartId: cart.cartId ?? "cart-1", items: cart.items ?? 1, leftAt: event.timestamp };
    });

    await step.sleep("give it time", cart.wait ?? "10 seconds");

    // The time of day, random numbers and the state of the world belong inside steps: there they are asked once and
    // the answer is kept.
    const after = await step.do("look again", async () => ({ checkedOut: cart.checkedOut ?? false }));

    if (after.checkedOut) {
      return { reminded: false, reason: "The cart was bought in the meantime" };
    }

    const mail = await step.do(
      "send the reminder",
      { retries: { limit: 3, delay: "1 second", backoff: "linear" } },
      async () => {
        const to = cart.email ?? "someone@example.com";
        console.log(`Reminder for ${before.items} item(s) goes to ${to}`);
        return { to, subject: `You left ${before.items} item(s) behind` };
      },
    );

    return { reminded: true, mail };
  }
}

export default {
  async fetch(_request: Request, env: { REMINDERS: Workflow<Cart> }) {
    const instance = await env.REMINDERS.create();
    return Response.json({ id: instance.id });
  },
};
