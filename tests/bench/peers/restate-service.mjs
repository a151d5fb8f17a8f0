// The ten-step workload as a Restate service; started by restate.mjs with the port as argument.
import * as restate from "@restatedev/restate-sdk";

const service = restate.service({
  name: "bench",
  handlers: {
    tenSteps: async (ctx) => {
      let sum = 0;
      for (let i = 0; i < 10; ++i) sum += await ctx.run(`step ${i}`, async () => i);
      return sum;
    },
  },
});

const port = await restate.serve({ services: [service], port: Number(process.argv[2]) });
console.log(port);
