/**
 * Read by each process that runs files of tests. What these start (commands, the analysis process) writes no coverage: nearly all of it runs the bundles of
 * dist, whose lines are not those of src/core, and would write five megabytes each time.
 */
import process from 'node:process';

// The process that starts the others hands it on to them.
if (process.env.MOCHA_WORKER_ID !== undefined) delete process.env.NODE_V8_COVERAGE;
