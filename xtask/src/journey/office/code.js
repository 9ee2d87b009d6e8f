async (letters, stepsAhead) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...letters].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Uint8Array.from(bits.match(/.{8}/g), (byte) => parseInt(byte, 2));
  const step = new DataView(new ArrayBuffer(8));
  step.setBigUint64(0, BigInt(Math.floor(Date.now() / 30000) + stepsAhead));
  const how = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", secret, how, false, ["sign"]);
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, step.buffer));
  const word = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
  return String(word % 1000000).padStart(6, "0");
}
