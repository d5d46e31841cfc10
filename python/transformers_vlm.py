"""A vision-language model of Transformers: scores, answers, gradients and attention."""

import base64
import io

from flipside_protocol import Failure
from option_tokens import map_of, option_outputs, own_tokens, scored, weighted
from token_gradient import EmbeddingGradient, prompt_weights


class TransformersModel:
    def __init__(self, torch, transformers, device, arguments):
        self._torch = torch
        self._transformers = transformers
        self._device = device
        self._name = arguments.model
        trust = {"trust_remote_code": True} if arguments.trust_remote_code else {}
        kind = getattr(transformers, "AutoModelForImageTextToText", None) or transformers.AutoModelForVision2Seq
        try:
            self._processor = transformers.AutoProcessor.from_pretrained(arguments.model, **trust)
            dtype = self._dtype(arguments.dtype)
            model = kind.from_pretrained(
                arguments.model, torch_dtype=dtype, attn_implementation=arguments.attention, **trust
            )
        except (OSError, ValueError, ImportError) as error:
            raise Failure("missing", "the model %s cannot be loaded: %s" % (arguments.model, str(error).strip()[:400]))
        self._model = model.to(device).eval()
        for parameter in self._model.parameters():
            parameter.requires_grad_(False)
        self._eager = arguments.attention == "eager"

    def info(self):
        parameters = list(self._model.parameters())
        where = str(self._device)
        if self._device.type == "cuda":
            where += " (%s)" % self._torch.cuda.get_device_name(self._device)
        return {
            "name": "%s (%s)" % (self._name.rstrip("/").split("/")[-1], type(self._model).__name__),
            "device": where,
            "capabilities": ["optionProbs", "generate", "seed", "inputGradient"]
            + ([] if self._embedding() is None else ["tokenGradient"])
            + (["attention"] if self._eager else []),
            "prompt": "chat",
            "inputSize": None,
            "weights": None,
            "memory": sum(each.numel() * each.element_size() for each in parameters),
            "notes": ["Numbers of the type %s." % str(parameters[0].dtype).replace("torch.", "")] if parameters else [],
        }

    def score(self, question):
        with self._torch.no_grad():
            logits = self._model(**self._inputs(question)).logits[0, -1].float()
            return scored(self._torch, self._outputs(logits, question), question["options"])

    def generate(self, question, temperature, seed, tokens, cancellation):
        torch, transformers = self._torch, self._transformers

        class Stop(transformers.StoppingCriteria):
            def __call__(self, input_ids, scores, **rest):
                # Older versions take one truth for all, newer ones a tensor of them.
                return torch.full((input_ids.shape[0],), bool(cancellation), device=input_ids.device, dtype=torch.bool)

        if seed is not None:
            transformers.set_seed(seed % 2**32)
        inputs = self._inputs(question)
        sampling = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
        with torch.no_grad():
            written = self._model.generate(
                **inputs,
                **(sampling if temperature > 0 else {"do_sample": False}),
                max_new_tokens=tokens,
                stopping_criteria=transformers.StoppingCriteriaList([Stop()]),
            )
        new = written[:, inputs["input_ids"].shape[1] :]
        return self._processor.batch_decode(new, skip_special_tokens=True)[0].strip()

    def gradient(self, question, target):
        inputs = self._inputs(question)
        pixels = inputs.get("pixel_values")
        if pixels is None or not question["images"]:
            raise Failure("input", "the question has no image")
        pixels = pixels.detach().requires_grad_(True)
        inputs["pixel_values"] = pixels
        with self._torch.enable_grad(), EmbeddingGradient(self._embedding()) as embedding:
            logits = self._model(**inputs).logits[0, -1].float()
            weighted(self._outputs(logits, question), target).backward()
        if pixels.grad is None:
            raise Failure("unsupported", "the outputs of this model do not depend on its pixels")
        maps = self._image_maps(pixels.grad.abs().float(), inputs, len(question["images"]))
        return [map_of(each) for each in maps], self._token_weights(inputs, embedding, question["prompt"])

    def attention(self, question):
        """Attention of the last position over the tokens of each image, the mean of all heads and layers."""
        inputs = self._inputs(question)
        with self._torch.no_grad():
            layers = self._model(**inputs, output_attentions=True).attentions
        if not layers or layers[0] is None:
            raise Failure("unsupported", "this model tells no attention: start it with --attention eager")
        mean = sum(layer[0, :, -1].float().mean(0) for layer in layers) / len(layers)
        places = (inputs["input_ids"][0] == self._image_token()).nonzero().flatten()
        grids = self._token_grids(inputs, len(question["images"]), len(places))
        maps, start = [], 0
        for height, width in grids:
            maps.append(map_of(mean[places[start : start + height * width]].reshape(height, width)))
            start += height * width
        return maps

    def _dtype(self, wanted):
        torch = self._torch
        if wanted == "auto":
            half = self._device.type == "cuda" and torch.cuda.is_bf16_supported()
            return torch.bfloat16 if half else torch.float32
        dtype = getattr(torch, wanted, None)
        if not isinstance(dtype, torch.dtype):
            raise Failure("input", "there is no type of numbers “%s”: say float32, bfloat16 or float16" % wanted)
        return dtype

    def _inputs(self, question):
        from PIL import Image

        images = [Image.open(io.BytesIO(base64.b64decode(each["base64"]))).convert("RGB") for each in question["images"]]
        parts = [{"type": "image"} for _ in images] + [{"type": "text", "text": question["prompt"]}]
        if getattr(self._processor, "chat_template", None):
            text = self._processor.apply_chat_template([{"role": "user", "content": parts}], add_generation_prompt=True)
        else:
            text = getattr(self._processor, "image_token", "<image>") * len(images) + question["prompt"]
        inputs = self._processor(text=[text], images=images or None, return_tensors="pt")
        dtype = next(self._model.parameters()).dtype
        inputs = {name: value.to(self._device) for name, value in inputs.items() if hasattr(value, "to")}
        return {name: value.to(dtype) if value.is_floating_point() else value for name, value in inputs.items()}

    def _outputs(self, logits, question):
        tokenizer = getattr(self._processor, "tokenizer", self._processor)
        candidates = []
        for option in question["options"]:
            spelt = [tokenizer.encode(way % option["label"], add_special_tokens=False) for way in ("%s", " %s")]
            candidates.append({ids[0] for ids in spelt if ids})
        if any(token >= logits.shape[-1] for ids in candidates for token in ids):
            raise Failure("missing", "the tokenizer knows more tokens than the model: they are not of the same model")
        return option_outputs(self._torch, logits, own_tokens(candidates))

    def _embedding(self):
        """Where the model looks its words up; None where it does not say."""
        try:
            return self._model.get_input_embeddings()
        except (AttributeError, NotImplementedError):
            return None

    def _token_weights(self, inputs, embedding, prompt):
        ids = inputs["input_ids"][0].tolist()
        lengths = embedding.lengths(len(ids))
        if lengths is None:
            return None
        # Places of images hold no words, and there are hundreds of them.
        words = [(token, length) for token, length in zip(ids, lengths) if token not in self._image_tokens()]
        tokenizer = getattr(self._processor, "tokenizer", self._processor)

        def decode(some):
            return tokenizer.decode(some, clean_up_tokenization_spaces=False)

        return prompt_weights(decode, [token for token, _ in words], prompt, [length for _, length in words])

    def _image_maps(self, gradient, inputs, images):
        """|gradient| for each image, as height × width, whatever layout the processor has made of the pixels."""
        grid = inputs.get("image_grid_thw")
        if gradient.dim() == 4 and gradient.shape[0] == images:
            return list(gradient.sum(1))
        if gradient.dim() == 5 and gradient.shape[0] * gradient.shape[1] == images:
            return list(gradient.flatten(0, 1).sum(1))
        if gradient.dim() == 2 and grid is not None:
            return self._patch_maps(gradient.sum(1), grid.tolist())
        raise Failure(
            "unsupported",
            "this model cuts an image into tiles (pixels of the shape %s), whose gradients are not put together here"
            % "×".join(map(str, gradient.shape)),
        )

    def _patch_maps(self, values, grids):
        """Qwen's layout: a row for each patch, those that are merged into one token next to each other."""
        merge = getattr(getattr(self._processor, "image_processor", None), "merge_size", 2)
        maps, start = [], 0
        for times, height, width in grids:
            count = times * height * width
            blocks = values[start : start + count].reshape(times, height // merge, width // merge, merge, merge)
            maps.append(blocks.permute(0, 1, 3, 2, 4).reshape(times, height, width).sum(0))
            start += count
        return maps

    def _image_token(self):
        for token in self._image_tokens():
            return token
        raise Failure("unsupported", "this model does not say which of its tokens stand for the image")

    def _image_tokens(self):
        """The token that stands for a place of an image; an empty list where the model does not say."""
        named = [getattr(self._model.config, name, None) for name in ("image_token_id", "image_token_index")]
        return [token for token in named if token is not None]

    def _token_grids(self, inputs, images, tokens):
        """Height and width of the tokens of each image."""
        grid = inputs.get("image_grid_thw")
        if grid is not None:
            merge = getattr(getattr(self._processor, "image_processor", None), "merge_size", 2)
            grids = [(height // merge, width // merge) for _, height, width in grid.tolist()]
        else:
            side = round((tokens / max(1, images)) ** 0.5)
            grids = [(side, side)] * images
        if sum(height * width for height, width in grids) != tokens or tokens <= images:
            raise Failure("unsupported", "the tokens of this model’s images make no grid: %d for %d" % (tokens, images))
        return grids
