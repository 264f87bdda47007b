/** The vocabulary of the sample company. Several scripts on purpose: text must survive byte for byte. */
import type { SeededRandom } from './seeded-random.ts';

export const FIRST_NAMES = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Elif', 'Fatima', 'Grete', 'Håkon', 'Inês', 'Jürgen', 'Kofi', 'Łucja', 'Marek', 'Nneka', 'Oisín', 'Priya', 'Quang', 'Rosa', 'Søren', 'Tomáš', 'Ulla', 'Vesna', 'William', 'Ximena', 'Yuki', 'Zoë', '美咲', 'Дарья'] as const;
export const LAST_NAMES = ['Abiodun', 'Brandt', 'Çelik', "D'Angelo", 'Eriksson', 'Fernández', 'García', 'Haddad', 'Ibarra', 'Jansen', 'Kowalski', 'Lindqvist', 'Müller', 'Nguyễn', "O'Brien", 'Petrović', 'Quispe', 'Rossi', 'Schäfer', 'Tanaka', 'Ünal', 'van der Berg', 'Weiß', 'Xu', 'Yıldız', 'Žukauskas', '佐藤', 'Иванова'] as const;
export const CITIES = ['Aarhus', 'Bologna', 'Córdoba', 'Dresden', 'Évora', 'Fès', 'Gdańsk', 'Hà Nội', 'İzmir', 'Jyväskylä', 'Kraków', 'Łódź', 'Malmö', 'Nîmes', 'Osijek', 'Plzeň', 'Québec', 'Rīga', 'São Paulo', 'Tromsø', 'Utrecht', 'Vilnius', 'Würzburg', '東京', 'Київ'] as const;
export const STREETS = ['Harbour Road', 'Rue des Écoles', 'Lange Gasse', 'Calle Mayor', 'Storgatan', 'Via Roma', 'Mill Lane', 'Ringstraße', 'ul. Długa', 'Station Road'] as const;
export const TRADES = ['Machine Works', 'Textiles', 'Foods', 'Optics', 'Logistics', 'Paper', 'Instruments', 'Energy', 'Ceramics', 'Shipping'] as const;
export const LEGAL_FORMS = ['GmbH', 'Ltd', 'S.A.', 'AB', 'Oy', 'BV', 's.r.o.', 'Inc.', 'KG & Co.', '株式会社'] as const;
export const MATERIALS = ['steel', 'oak', 'glass', 'copper', 'linen', 'ceramic', 'aluminium', 'bamboo', 'rubber', 'brass'] as const;
export const THINGS = ['bearing', 'valve', 'lamp', 'gasket', 'hinge', 'crate', 'sensor', 'pump', 'cable', 'bracket', 'filter', 'spindle'] as const;
export const COLOURS = ['anthracite', 'crème', 'navy', 'olive', 'rosé', 'silver', 'türkis', 'white'] as const;

const SENTENCES = [
  'Please deliver before noon; the gate is closed afterwards.',
  'Kunde bittet um Rückruf wegen der Maße.',
  'Two crates arrived damaged, photographs are attached.',
  'Überweisung ist für Freitag angekündigt.',
  'The path in the share is \\\\files\\orders\\new and not C:\\temp.',
  'Price agreed by telephone: 5 % for orders over 1,000 €.',
  'Voir la facture précédente — même adresse.',
  'Tab\tseparated\tcells were pasted here.',
  'First line\nsecond line\r\nthird line',
  '\\N is not a null, and \\. does not end anything.',
  'Наклейки на двух языках.',
  '在庫を確認してください。',
  'All good 👍🏽 – see the 3D model 🛠️',
  'She said "quoted", he said \'single\'.',
  '  leading and trailing blanks  ',
] as const;

export function prose(random: SeededRandom, sentences: number): string {
  const out: string[] = [];
  for (let i = 0; i < sentences; i += 1) out.push(random.pick(SENTENCES));
  return out.join(' ');
}
