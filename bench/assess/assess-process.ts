/** Prints the seconds of an assessment, by part. */
import { performAssessment } from '@causeway/cli/assess/perform-assessment';

const file = process.argv[2] as string;
const { seconds } = performAssessment({ file, source: file, bytes: 0, names: 'exact', targetSchema: undefined, planFile: undefined, rowsFile: undefined }, () => {});
process.stdout.write(JSON.stringify({ seconds }));
