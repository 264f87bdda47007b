import { InvalidArgumentError } from 'commander';

/** Reads an option's whole number between two bounds. */
export function wholeNumber(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`${option} is a whole number from ${least} to ${most}`);
    return value;
  };
}
