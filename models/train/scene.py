"""Random pictures of a face before a camera: itself, or shown on a carrier (print, phone, tablet).

The randomised counterpart of src/recapture, and wider: it need not be true, since every picture is labelled by the
teachers and not by how it was made. It has to cover what a camera can deliver. Pictures are float32 B G R, 0 to 1.
"""

import cv2
import numpy as np

SIZES = [(320, 240)] * 6 + [(400, 300), (480, 360), (240, 180), (320, 180)]


class Maker:
    def __init__(self, faces, backgrounds, seed):
        self.faces, self.backgrounds = faces, backgrounds
        self.random = np.random.default_rng(seed)
        self.strength = 1.0

    def between(self, low, high):
        return float(self.random.uniform(low, high))

    def chance(self, share):
        return self.random.random() < share

    def __call__(self):
        """A picture (bytes) and the face's box in it."""
        size = SIZES[self.random.integers(len(SIZES))]
        # Good cameras and plain faces are where the teachers are surest, and rare among wild draws.
        self.strength = 0.25 if self.chance(0.4) else 1.0
        mild = self.strength < 1
        picture, box = self.person(size)
        picture = self.grade(picture, strong=self.chance(0.3))
        if self.chance(0.3 if mild else 0.65):
            picture, box = self.carrier(picture, box, size)
        picture = self.camera(picture)
        if self.chance(0.03 if mild else 0.12):
            picture = self.patch(picture)
        jitter = self.random.normal(0, 0.04, 4) * box[2]
        return picture, box + jitter

    # --- the person -------------------------------------------------------------------------------------------------

    def person(self, size):
        """Somebody at some distance before some background, with the face's box."""
        face = self.pick()
        picture, box, points = face.picture.astype(np.float32) / 255, face.box.copy(), face.landmarks
        if self.chance(0.4 * self.strength):
            picture = self.morph(picture, points)
        if self.chance(0.5 * self.strength):
            picture = self.knead(picture, box)
        if self.chance(0.45 * self.strength):
            picture = self.elsewhere(picture, box)
        if self.chance(0.5):
            picture, box[0] = picture[:, ::-1], picture.shape[1] - box[0] - box[2]
        width, height = size
        share = self.between(0.22, 0.75)
        zoom = share * height / box[3]
        stretch, angle = self.between(0.9, 1.1), self.random.normal(0, 4)
        turn = cv2.getRotationMatrix2D((0, 0), angle, zoom)
        turn[0, :2] *= stretch
        centre = box[:2] + box[2:] / 2
        target = np.array([width * self.between(0.35, 0.65), height * self.between(0.4, 0.62)])
        turn[:, 2] = target - turn[:, :2] @ centre
        shrink = cv2.INTER_AREA if zoom < 0.5 else cv2.INTER_LINEAR
        mode = self.random.choice([cv2.BORDER_REFLECT, cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT], p=[0.6, 0.3, 0.1])
        shown = cv2.warpAffine(np.ascontiguousarray(picture), turn, size, flags=shrink, borderMode=int(mode))
        span = box[2:] * zoom * [stretch, 1]
        return shown, np.concatenate([target - span / 2, span])

    def pick(self):
        return self.faces[self.random.integers(len(self.faces))]

    def morph(self, picture, points):
        """Another face over this one, wholly or in part, aligned by the landmarks."""
        other = self.pick()
        move, _ = cv2.estimateAffinePartial2D(other.landmarks, points)
        if move is None:
            return picture
        height, width = picture.shape[:2]
        theirs = other.picture.astype(np.float32) / 255
        theirs = cv2.warpAffine(theirs, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        centre, eyes = points.mean(0), np.linalg.norm(points[0] - points[1])
        mask = np.zeros((height, width), np.float32)
        axes = (int(eyes * self.between(0.8, 1.2)), int(eyes * self.between(1.0, 1.5)))
        cv2.ellipse(mask, (int(centre[0]), int(centre[1])), axes, 0, 0, 360, 1.0, -1)
        mask = cv2.GaussianBlur(mask, (0, 0), max(1, eyes * self.between(0.1, 0.3)))[..., None] * self.between(0.3, 1)
        if self.chance(0.7):
            where = mask[..., 0] > 0.2
            if where.any():
                theirs = theirs * np.clip(picture[where].mean(0) / (theirs[where].mean(0) + 0.02), 0.4, 2.5)
        return picture * (1 - mask) + theirs.clip(0, 1) * mask

    def knead(self, picture, box):
        """A smooth random displacement of up to a few hundredths of the face."""
        height, width = picture.shape[:2]
        amount = box[2] * self.between(0.01, 0.06)
        shift = [cv2.resize(self.random.normal(0, amount, (5, 6)).astype(np.float32), (width, height),
                            interpolation=cv2.INTER_CUBIC) for _ in range(2)]
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        return cv2.remap(picture, x + shift[0], y + shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)

    def elsewhere(self, picture, box):
        """The person, cut out roughly, before another background."""
        height, width = picture.shape[:2]
        x, y, w, h = box
        mask = np.zeros((height, width), np.float32)
        cv2.ellipse(mask, (int(x + w / 2), int(y + h * 0.45)), (int(w * 0.62), int(h * 0.72)), 0, 0, 360, 1.0, -1)
        shoulders = [(0.2, 1), (0.8, 1), (1.7, 1.5), (1.9, height), (-0.9, height), (-0.7, 1.5)]
        body = np.array([(x + w * across, y + h * down) for across, down in shoulders], np.int32)
        cv2.fillPoly(mask, [body], 1.0)
        mask = cv2.GaussianBlur(mask, (0, 0), max(1, w * self.between(0.02, 0.08)))[..., None]
        return picture * mask + self.background((width, height)) * (1 - mask)

    def background(self, size):
        """A wall, a texture, or part of a picture."""
        width, height = size
        kind = self.random.random()
        if kind < 0.45:
            corners = np.clip(self.between(0.05, 0.95) + self.random.normal(0, 0.08, (3, 3, 1)) +
                              self.random.normal(0, 0.05, 3), 0, 1)
            wall = cv2.resize(corners.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
            return wall + self.random.normal(0, self.between(0, 0.02), (height, width, 1)).astype(np.float32)
        source = self.backgrounds[self.random.integers(len(self.backgrounds))]
        if kind > 0.85:
            source = self.pick().picture
        side = int(min(source.shape[:2]) * self.between(0.3, 1))
        top, left = (self.random.integers(0, source.shape[i] - side + 1) for i in (0, 1))
        part = cv2.resize(source[top : top + side, left : left + side], size, interpolation=cv2.INTER_AREA)
        if part.ndim == 2:
            part = cv2.cvtColor(part, cv2.COLOR_GRAY2BGR)
        part = part.astype(np.float32) / 255 * self.random.uniform(0.5, 1.1, 3).astype(np.float32)
        if self.chance(0.5):
            part = cv2.GaussianBlur(part, (0, 0), self.between(0.5, 6))
        return part.clip(0, 1)

    # --- light and colour -------------------------------------------------------------------------------------------

    def grade(self, picture, strong=False):
        """Another exposure, tone curve, colour cast, saturation, and light from a side."""
        wide = self.strength * (2.0 if strong else 1.0)
        height, width = picture.shape[:2]
        if self.chance(0.5):
            light = 1 + self.random.normal(0, 0.15 * wide, (3, 3, 1)) + self.random.normal(0, 0.03 * wide, (3, 3, 3))
            picture = picture * cv2.resize(light.clip(0.2, 2).astype(np.float32), (width, height),
                                           interpolation=cv2.INTER_CUBIC)
        picture = picture.clip(0, 1) ** np.float32(np.exp(self.random.normal(0, 0.22 * wide)))
        gain = np.exp(self.random.normal(0, 0.12 * wide) + self.random.normal(0, 0.06 * wide, 3)).astype(np.float32)
        lift = np.float32(max(0, self.random.normal(0, 0.05 * wide)))
        picture = lift + (1 - lift) * picture * gain
        grey = picture.mean(2, keepdims=True)
        colourful = np.float32(np.exp(self.random.normal(0, 0.2 * wide))) if self.chance(0.95) else np.float32(0)
        return (grey + (picture - grey) * colourful).clip(0, 1)

    # --- carriers ---------------------------------------------------------------------------------------------------

    def carrier(self, picture, box, size):
        """The picture on paper or on a display, seen by the camera at some angle; the box moves along."""
        width, height = size
        kind = self.random.choice(["print", "phone", "tablet"])
        if self.chance(0.35):
            picture = self.camera(picture)
        if kind == "print":
            ink = self.between(0.01, 0.1)
            mixing = self.between(0, 0.35)
            picture = ink + (1 - ink) * ((1 - mixing) * picture + mixing * picture.mean(2, keepdims=True))
            picture = picture * self.random.uniform([0.7, 0.75, 0.78], [0.95, 0.95, 0.97]).astype(np.float32)
            fibres = cv2.resize(self.random.normal(0, 0.02, (height // 2, width // 2)).astype(np.float32), size)
            curl = self.between(0, 0.12) * np.sin(np.linspace(0, 3.1, width, dtype=np.float32) + self.between(0, 6))
            picture = picture * (1 + fibres + curl)[..., None]
        else:
            picture = picture ** np.float32(self.between(0.75, 1.35))
            white = self.random.uniform([0.9, 0.9, 0.75], [1.25, 1.05, 1.0]).astype(np.float32) * self.between(0.8, 1.5)
            picture = self.between(0.0, 0.06) + picture * white
        # How much of the view the carrier's picture fills; above 1 its edge is out of sight.
        fill = self.between(0.65, 1.5)
        centre = box[:2] + box[2:] / 2
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        target = np.array([width * self.between(0.42, 0.58), height * self.between(0.42, 0.6)])
        about = centre if fill > 1 or self.chance(0.5) else np.array([width, height]) / 2
        placed = (corners - about) * fill + target + self.random.normal(0, 0.025, (4, 2)) * [width, height]
        view = cv2.getPerspectiveTransform(corners, placed.astype(np.float32))
        seen = cv2.warpPerspective(picture.astype(np.float32), view, size, borderMode=cv2.BORDER_REPLICATE)
        inside = cv2.warpPerspective(np.ones((height, width), np.float32), view, size)[..., None]
        if kind == "print":
            around = np.ones(3, np.float32) * self.between(0.55, 0.95)
        else:
            around = np.ones(3, np.float32) * self.between(0.0, 0.2)
        frame = 1 + self.between(0.02, 0.3)
        rim = placed.mean(0) + (placed - placed.mean(0)) * frame
        outer = cv2.getPerspectiveTransform(corners, rim.astype(np.float32))
        body = cv2.warpPerspective(np.ones((height, width), np.float32), outer, size)[..., None]
        scene = self.background(size) * self.between(0.3, 1)
        if kind != "print":
            glow = cv2.GaussianBlur(inside[..., 0], (0, 0), width * 0.06)[..., None] * self.between(0, 0.15)
            scene = scene + glow * seen.mean((0, 1))
            seen = seen * self.structure(kind, size) + self.mirror(size)
        elif self.chance(0.5):
            seen = seen * self.structure(kind, size)
        shown = scene * (1 - body) + around * (body - inside).clip(0, 1) + seen * inside
        unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
        there = cv2.perspectiveTransform((box[:2] + box[2:] * unit)[None].astype(np.float32), view)[0]
        # Automatic exposure.
        shown = shown * (self.between(0.25, 0.55) / max(0.05, float(shown[height // 4 : -height // 4].mean())))
        low, high = there.min(0), there.max(0)
        return shown.clip(0, 1), np.concatenate([low, high - low])

    def structure(self, kind, size):
        """Gain by sub-pixels or dots as photosites sample them: gratings that beat with the sensor's grid."""
        width, height = size
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        angle, tilt = self.between(-0.12, 0.12), self.random.normal(0, 1e-4, 2)
        # Cycles a pixel as sampled: any alias between plus and minus one half.
        rate = self.between(-0.5, 0.5), self.between(-0.5, 0.5)
        along = x * np.cos(angle) + y * np.sin(angle) + tilt[0] * x * y
        down = y * np.cos(angle) - x * np.sin(angle) + tilt[1] * x * y
        strength = self.random.exponential(0.03, 2).clip(0, 0.2)
        phase = np.array([0, 1, 2], np.float32) * np.float32(2 * np.pi / 3 if kind != "print" else self.between(0, 6))
        gain = 1 + strength[0] * np.cos(2 * np.pi * rate[0] * along[..., None] + phase)
        return (gain * (1 + strength[1] * np.cos(2 * np.pi * rate[1] * down[..., None]))).astype(np.float32)

    def mirror(self, size):
        """The room's soft mirror image on glass, with now and then a lamp or a window."""
        width, height = size
        x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
        level = self.random.exponential(0.02)
        x, y = (x - self.between(0, 1)) / self.between(0.05, 0.4), (y - self.between(0, 1)) / self.between(0.05, 0.3)
        away = x**2 + y**2
        return (level * (0.5 + 2 * np.exp(-away)))[..., None] * self.random.uniform(0.8, 1.2, 3).astype(np.float32)

    # --- the camera -------------------------------------------------------------------------------------------------

    def camera(self, picture):
        """Lens, motion, resolution, noise, processing, compression."""
        height, width = picture.shape[:2]
        if self.chance(0.7 * self.strength):
            picture = cv2.GaussianBlur(picture, (0, 0), self.between(0.3, 1.8))
        if self.chance(0.15 * self.strength):
            length = int(self.random.integers(3, 9))
            kernel = np.zeros((length, length), np.float32)
            slope = self.between(-1, 1) * length / 2
            cv2.line(kernel, (0, int(length / 2 - slope)), (length - 1, int(length / 2 + slope)), 1.0)
            picture = cv2.filter2D(picture, -1, kernel / max(1.0, float(kernel.sum())))
        if self.chance(0.3 * self.strength):
            ratio = self.between(0.35, 0.9)
            how = [cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST]
            small = cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=how[self.random.integers(4)])
            picture = cv2.resize(small, (width, height), interpolation=how[1 + self.random.integers(2)])
        picture = self.grade(picture) if self.chance(0.7) else picture
        noise = self.random.exponential(0.012 * self.strength)
        grain = self.random.standard_normal((height, width, 3), dtype=np.float32)
        if self.chance(0.5):
            grain = cv2.GaussianBlur(grain, (0, 0), 0.7) * 2
        if self.chance(0.3):
            grain = grain.mean(2, keepdims=True) * 1.5
        picture = picture + np.float32(noise) * grain * np.sqrt(0.2 + picture)
        if self.chance(0.5):
            soft = cv2.GaussianBlur(picture, (0, 0), self.between(0.6, 2))
            picture = picture + (picture - soft) * self.between(0.2, 1.5)
        data = (picture.clip(0, 1) * 255 + 0.5).astype(np.uint8)
        for _ in range(1 + self.chance(0.3)):
            if self.chance(0.85):
                quality = [cv2.IMWRITE_JPEG_QUALITY, int(self.random.integers(30, 98))]
                data = cv2.imdecode(cv2.imencode(".jpg", data, quality)[1], cv2.IMREAD_COLOR)
        return data.astype(np.float32) / 255

    def patch(self, picture):
        """A rectangle from another picture, or half of its light: a teacher answers to any picture."""
        height, width = picture.shape[:2]
        other = self.grade(self.person((width, height))[0])
        if self.chance(0.4):
            share = self.between(0.2, 0.8)
            return picture * share + other * (1 - share)
        w, h = int(width * self.between(0.2, 0.7)), int(height * self.between(0.2, 0.7))
        x, y = self.random.integers(0, width - w), self.random.integers(0, height - h)
        mixed = picture.copy()
        mixed[y : y + h, x : x + w] = other[y : y + h, x : x + w]
        return mixed


def crop(picture, box, scale, side):
    """The square input of a network: `scale` times the box, shifted inside the picture, never padded."""
    height, width = picture.shape[:2]
    x, y, w, h = box
    scale = min(scale, (width - 1) / w, (height - 1) / h)
    span = np.array([w, h]) * scale
    start = np.array([x + w / 2, y + h / 2]) - span / 2
    start = np.clip(start, 0, np.maximum([width - 1, height - 1] - span, 0))
    left, top = (start + 0.5).astype(int)
    across, down = np.maximum((span + 0.5).astype(int), 1)
    return cv2.resize(picture[top : top + down, left : left + across], (side, side), interpolation=cv2.INTER_LINEAR)
