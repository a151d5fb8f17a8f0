// Order processing: what most workflows look like. It shows
//   - steps whose results are kept, so that a restart never charges a card twice,
//   - steps that run side by side,
//   - a step that fails twice and is retried until it works,
//   - a request to the outside, and how to live with one that fails.
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";

interface Item {
  sku: string;
  quantity: number;
  priceCents: number;
}

interface Order {
  orderId?: string;
  customer?: string;
  items?: Item[];
  /** Told about the shipped order; anything that answers HTTP will do. */
  notifyUrl?: string;
  /** How often the pretended payment provider says no before it says yes. */
  paymentFailures?: number;
}

export class OrderProcessing extends WorkflowEntrypoint<unknown, Order> {
  async run(event: WorkflowEvent<Order>, step: WorkflowStep) {
    // A step is code that runs once: its result is stored before the next line is reached. When the engine is
    // stopped here and started again, `run` begins anew and this step hands back what it stored.
    const order = await step.do("validate order", async () => check(event.payload ?? {}));

    // Steps that do not wait for each other run side by side. Each is retried on its own.
    await Promise.all(
      order.items.map((item) =>
        step.do(`reserve ${item.sku}`, async () => {
          await pause(40 + item.quantity * 60);
          console.log(`Reserved ${item.quantity} x ${item.sku}`);
          return { sku: item.sku, reserved: item.quantity, shelf: shelfOf(item.sku) };
        }),
      ),
    );

    // The provider below is pretended, but its failures are what real ones look like. `attempt` tells which try this
    // is. After each failure the engine waits, 400 ms and then 800 ms, and calls the function again.
    const payment = await step.do(
      "charge card",
      { retries: { limit: 4, delay: 400, backoff: "exponential" }, timeout: "30 seconds" },
      async (ctx) => {
        const amountCents = order.items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
        await pause(120);
        if (ctx.attempt <= order.paymentFailures) {
          console.warn(`Payment provider is busy (attempt ${ctx.attempt})`);
          throw new Error("Payment provider answered 503: try again later");
        }
        return { amountCents, receipt: `R-${order.orderId}`, attempts: ctx.attempt };
      },
    );

    // A pause that costs nothing: the instance leaves memory and comes back when the time has come.
    await step.sleep("wait for the packers", "2 seconds");

    // Requests made inside a step show up under that step in the timeline.
    const notice = await step.do(
      "tell the shop",
      { retries: { limit: 1, delay: 300, backoff: "constant" }, timeout: "15 seconds" },
      async () => notify(order.notifyUrl),
    );

    return { orderId: order.orderId, receipt: payment.receipt, amountCents: payment.amountCents, notice };
  }
}

function check(input: Order) {
  const items = input.items ?? [{ sku: "mug-blue", quantity: 1, priceCents: 1450 }];
  if (!Array.isArray(items) || items.length === 0 || items.some((item) => !(item.quantity > 0))) {
    // Trying again cannot help here, and this says so: the instance ends at once as errored.
    throw new NonRetryableError("An order needs at least one item, each with a quantity above zero");
  }
  return {
    orderId: input.orderId ?? "A-1",
    customer: input.customer ?? "someone@example.com",
    items,
    notifyUrl: input.notifyUrl ?? "https://example.com",
    paymentFailures: input.paymentFailures ?? 2,
  };
}

// No network is no reason to lose an order: the failure becomes part of the result and of the log.
async function notify(url: string) {
  try {
    const response = await fetch(url, { method: "GET", headers: { accept: "text/html" } });
    await response.text();
    return { told: response.ok, status: response.status };
  } catch (error) {
    console.warn(`Could not reach ${url}: ${error instanceof Error ? error.message : String(error)}`);
    return { told: false, status: 0 };
  }
}

function shelfOf(sku: string) {
  return `${sku.charAt(0).toUpperCase()}${(sku.length * 7) % 24}`;
}

function pause(ms: number) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Requests to the Worker itself. A POST with an order as JSON starts one.
export default {
  async fetch(request: Request, env: { ORDERS: Workflow<Order> }) {
    if (request.method !== "POST") return new Response("POST an order as JSON to start it.\n", { status: 405 });
    const instance = await env.ORDERS.create({ params: (await request.json()) as Order });
    return Response.json({ id: instance.id });
  },
};
