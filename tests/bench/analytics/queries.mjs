// The documents that the bench asks.

/** As the documentation has it. */
export const example = `
query WorkflowInvocationsExample($accountTag: string!, $datetimeStart: Time, $datetimeEnd: Time, $workflowName: string) {
  viewer {
    accounts(filter: { accountTag: $accountTag }) {
      wallTime: workflowsAdaptiveGroups(
        limit: 10000
        filter: { datetimeHour_geq: $datetimeStart, datetimeHour_leq: $datetimeEnd, workflowName: $workflowName }
        orderBy: [count_DESC]
      ) {
        count
        sum { wallTime }
        dimensions { date: datetimeHour }
      }
    }
  }
}`;

export const percentiles = `
query Percentiles($accountTag: string!, $datetimeStart: Time, $datetimeEnd: Time, $workflowName: string) {
  viewer {
    accounts(filter: { accountTag: $accountTag }) {
      workflowsAdaptiveGroups(
        limit: 10000
        filter: { datetimeHour_geq: $datetimeStart, datetimeHour_leq: $datetimeEnd, workflowName: $workflowName,
                  eventType: "WORKFLOW_SUCCESS" }
        orderBy: [datetimeHour_ASC]
      ) {
        count
        quantiles { wallTimeP50 wallTimeP90 wallTimeP99 cpuTimeP50 cpuTimeP90 cpuTimeP99 }
        dimensions { datetimeHour }
      }
    }
  }
}`;

const range = "datetimeHour_geq: $datetimeStart, datetimeHour_leq: $datetimeEnd";

/** Every chart of the Analytics page. */
export const page = `
query Page($accountTag: string!, $datetimeStart: Time, $datetimeEnd: Time) {
  viewer {
    accounts(filter: { accountTag: $accountTag }) {
      outcomes: workflowsAdaptiveGroups(limit: 10000, orderBy: [datetimeHour_ASC],
        filter: { ${range}, eventType_in: ["WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"] }) {
        count quantiles { wallTimeP50 wallTimeP90 wallTimeP99 cpuTimeP50 cpuTimeP90 cpuTimeP99 }
        dimensions { datetimeHour eventType } }
      steps: workflowsAdaptiveGroups(limit: 12, orderBy: [count_DESC],
        filter: { ${range}, eventType_in: ["STEP_SUCCESS", "STEP_FAILURE"] }) {
        count quantiles { wallTimeP50 wallTimeP90 wallTimeP99 } dimensions { stepName } }
      failures: workflowsAdaptiveGroups(limit: 24, orderBy: [count_DESC],
        filter: { ${range}, eventType_in: ["ATTEMPT_FAILURE", "STEP_FAILURE"] }) {
        count dimensions { stepName eventType } }
      mix: workflowsAdaptiveGroups(limit: 100, orderBy: [count_DESC], filter: { ${range} }) {
        count dimensions { eventType } }
      depth: workflowsQueueDepthAdaptiveGroups(limit: 10000, orderBy: [datetimeHour_ASC], filter: { ${range} }) {
        avg { depth } max { depth } dimensions { datetimeHour } }
      wait: workflowsQueueWaitAdaptiveGroups(limit: 10000, orderBy: [datetimeHour_ASC], filter: { ${range} }) {
        count quantiles { queueWaitP50 queueWaitP90 queueWaitP99 } dimensions { datetimeHour } }
      status: httpRequestsAdaptiveGroups(limit: 10000, orderBy: [datetimeHour_ASC], filter: { ${range} }) {
        count sum { edgeResponseBytes } dimensions { datetimeHour edgeResponseStatus } }
      paths: httpRequestsAdaptiveGroups(limit: 12, orderBy: [count_DESC], filter: { ${range} }) {
        count dimensions { clientRequestPath } }
      cache: httpRequestsAdaptiveGroups(limit: 10000, orderBy: [datetimeHour_ASC], filter: { ${range} }) {
        count dimensions { datetimeHour cacheStatus } }
      hosts: workersSubrequestsAdaptiveGroups(limit: 20, orderBy: [count_DESC], filter: { ${range} }) {
        count quantiles { durationP50 durationP99 } dimensions { hostname } }
    }
  }
}`;
