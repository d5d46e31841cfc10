"""A vision-language model of random weights that needs torch alone: what Flipside is tested with."""

import base64
import struct
import zlib

from flipside_protocol import Failure
from option_tokens import map_of, option_outputs, own_tokens, scored, weighted
from token_gradient import EmbeddingGradient, prompt_weights

SIZE, PATCH, WIDTH, BYTES = 32, 8, 16, 256
FIRST, LAST = ord("A"), ord("Z")


def make_network(torch):
    torch.manual_seed(0)
    nn = torch.nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(BYTES, WIDTH)
            self.patches = nn.Conv2d(3, WIDTH, PATCH, PATCH)
            self.query, self.key = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
            self.out = nn.Linear(WIDTH, BYTES)

        def forward(self, text, pixels):
            """Outputs for the next byte, and how much the text looks at each patch of each image."""
            asked = torch.tanh(self.words(text)).mean(0)
            if pixels is None:
                return self.out(asked), None
            seen = self.patches(pixels).flatten(2).transpose(1, 2)
            look = torch.softmax((self.key(seen) @ self.query(asked)).flatten() * 4, 0)
            return self.out(torch.tanh(asked + 4 * (look[:, None] * seen.flatten(0, 1)).sum(0)) * 4), look

    return Network().eval()


class TinyModel:
    def __init__(self, torch, device):
        self._torch = torch
        self._device = device
        self._network = make_network(torch).to(device)

    def info(self):
        return {
            "name": "tiny-test",
            "device": str(self._device),
            "capabilities": ["optionProbs", "generate", "seed", "inputGradient", "tokenGradient", "attention"],
            "prompt": "chat",
            "inputSize": {"width": SIZE, "height": SIZE},
            "weights": None,
            "memory": sum(each.numel() * each.element_size() for each in self._network.parameters()),
            "notes": ["Random weights: its answers mean nothing."],
        }

    def score(self, question):
        with self._torch.no_grad():
            logits, _ = self._network(self._text(question["prompt"]), self._pixels(question))
            return scored(self._torch, self._outputs(logits, question), question["options"])

    def generate(self, question, temperature, seed, tokens, cancellation):
        torch = self._torch
        generator = torch.Generator()
        generator.seed() if seed is None else generator.manual_seed(seed)
        text, pixels = question["prompt"], self._pixels(question)
        for _ in range(tokens):
            cancellation.check()
            with torch.no_grad():
                logits = self._network(self._text(text), pixels)[0][FIRST : LAST + 1].cpu()
            if temperature == 0:
                byte = int(logits.argmax())
            else:
                byte = int(torch.multinomial(torch.softmax(logits / temperature, 0), 1, generator=generator))
            text += chr(FIRST + byte)
        return text[len(question["prompt"]) :]

    def gradient(self, question, target):
        pixels = self._pixels(question)
        if pixels is None:
            raise Failure("input", "the question has no image")
        pixels.requires_grad_(True)
        text = self._text(question["prompt"])
        with EmbeddingGradient(self._network.words) as embedding:
            logits, _ = self._network(text, pixels)
            weighted(self._outputs(logits, question), target).backward()
        lengths, ids = embedding.lengths(len(text)), text.tolist()
        tokens = prompt_weights(lambda some: bytes(some).decode(errors="replace"), ids, question["prompt"], lengths)
        return [map_of(each) for each in pixels.grad.abs().sum(1)], tokens

    def attention(self, question):
        pixels = self._pixels(question)
        if pixels is None:
            raise Failure("input", "the question has no image")
        with self._torch.no_grad():
            _, look = self._network(self._text(question["prompt"]), pixels)
        side = SIZE // PATCH
        return [map_of(each) for each in look.reshape(len(pixels), side, side)]

    def _outputs(self, logits, question):
        tokens = own_tokens([{option["label"].encode()[0]} for option in question["options"]])
        return option_outputs(self._torch, logits, tokens)

    def _text(self, text):
        return self._torch.tensor(list(text.encode() or b" "), device=self._device)

    def _pixels(self, question):
        torch = self._torch
        if not question["images"]:
            return None
        images = []
        for image in question["images"]:
            width, height, rgb = read_png(base64.b64decode(image["base64"]))
            pixels = torch.tensor(list(rgb), dtype=torch.float32).reshape(1, height, width, 3).permute(0, 3, 1, 2) / 255
            images.append(torch.nn.functional.interpolate(pixels, size=(SIZE, SIZE), mode="bilinear", align_corners=False))
        return torch.cat(images).to(self._device)


def read_png(data):
    """Width, height and bytes of a PNG as Flipside writes them: eight bits, three channels, not interlaced."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Failure("input", "an image is no PNG")
    at, packed, header = 8, b"", None
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        header = body if kind == b"IHDR" else header
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if (depth, colour, interlaced) != (8, 2, 0):
        raise Failure("input", "an image is a PNG of another kind than RGB with eight bits")
    raw, stride, above, rows = zlib.decompress(packed), width * 3, bytes(width * 3), []
    for row in range(height):
        start = row * (stride + 1)
        above = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above)
        rows.append(bytes(above))
    return width, height, b"".join(rows)


def unfiltered(kind, line, above):
    for at in range(len(line)):
        left = line[at - 3] if at >= 3 else 0
        corner = above[at - 3] if at >= 3 else 0
        guess = (0, left, above[at], (left + above[at]) // 2, paeth(left, above[at], corner))[kind]
        line[at] = (line[at] + guess) & 255
    return line


def paeth(left, above, corner):
    guess = left + above - corner
    return min((abs(guess - left), 0, left), (abs(guess - above), 1, above), (abs(guess - corner), 2, corner))[2]
