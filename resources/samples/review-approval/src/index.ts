// Review and approval: people in the loop. It shows
//   - waiting for an event from outside, with a time limit,
//   - waiting for whichever of two events comes first.
//
// After triggering it, send it an event from the window ("Send event") or with wrangler:
//   wrangler workflows instances send-event review-approval latest --type review-started
//   wrangler workflows instances send-event review-approval latest --type approved --payload '{"by":"mia"}'
// The second one can be `rejected` just as well. Events may also be sent before anybody waits: they are kept.
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";

interface Review {
  document?: string;
  reviewer?: string;
  /** How long each wait lasts at most. */
  timeout?: string | number;
}

interface Verdict {
  by?: string;
  comment?: string;
}

export class ReviewApproval extends WorkflowEntrypoint<unknown, Review> {
  async run(event: WorkflowEvent<Review>, step: WorkflowStep) {
    const { document = "Untitled", reviewer = "anyone", timeout = "10 minutes" } = event.payload ?? {};

    await step.do("ask for a review", async () => {
      console.log(`${reviewer} is asked to review "${document}"`);
      return { document, reviewer };
    });

    // A wait that runs out throws. Catching that turns "nobody came" into an ordinary result.
    try {
      await step.waitForEvent("review started", { type: "review-started", timeout });
    } catch (error) {
      console.warn(`Nobody started the review: ${error instanceof Error ? error.message : String(error)}`);
      return step.do("close unreviewed", async () => ({ document, verdict: "nobody came" }));
    }

    // Two waits at once; the first one to be answered decides. Stored results keep their order, so a replay sees the
    // same winner.
    const verdict = await Promise.race([
      step
        .waitForEvent<Verdict>("approval", { type: "approved", timeout })
        .then((answer) => ({ approved: true, ...answer.payload })),
      step
        .waitForEvent<Verdict>("rejection", { type: "rejected", timeout })
        .then((answer) => ({ approved: false, ...answer.payload })),
    ]);

    // What follows a race goes into a step, so that what was decided is written down.
    return step.do("publish the verdict", async () => {
      console.log(`"${document}" was ${verdict.approved ? "approved" : "rejected"}`);
      return { document, ...verdict };
    });
  }
}

export default {
  async fetch(_request: Request, env: { REVIEWS: Workflow<Review> }) {
    const instance = await env.REVIEWS.create();
    return Response.json({ id: instance.id });
  },
};
