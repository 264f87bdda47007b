// The Djangos that are tested, and the Pythons that each of them runs on, best first. The oldest with the oldest that a
// machine is likely to have, the newest with the newest. `full`: also what is the
// same in every Django, and the real site of the corpora.
export const MATRIX = [
  { django: '4.2', requirement: 'Django>=4.2,<4.3', python: ['3.11', '3.10', '3.12'] },
  { django: '5.2', requirement: 'Django>=5.2,<5.3', python: ['3.12', '3.11', '3.13', '3.10', '3.14'], full: true },
  { django: '6', requirement: 'Django>=6.0,<7', python: ['3.13', '3.12', '3.14'] },
];
