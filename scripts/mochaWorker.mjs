/**
 * Read by each process that runs files of tests. What these start (commands, the analysis process) writes no coverage: they run the bundles of dist, whose
 * lines are not those of src/core, and each would write five megabytes for it.
 */
import process from 'node:process';

// The process that starts the others hands it on to them.
if (process.env.MOCHA_WORKER_ID !== undefined) delete process.env.NODE_V8_COVERAGE;
