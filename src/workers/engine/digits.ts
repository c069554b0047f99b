/** Writes whole numbers in decimal digits. */

/** How many digits a number has. */
export function digitsOf(value: u32): usize {
  let digits: usize = 1;
  for (let rest = value / 10; rest > 0; rest /= 10) digits++;
  return digits;
}

/** Writes the digits of a number; returns where they end. */
export function writeDigits(to: usize, value: u32): usize {
  const end = to + digitsOf(value);
  let rest = value;
  for (let place = end; place > to; rest /= 10) store<u8>(--place, (0x30 + (rest % 10)) as u8);
  return end;
}
