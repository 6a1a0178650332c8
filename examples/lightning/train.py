"""A small network on handwritten digits, in PyTorch Lightning."""

import lightning
import torch
from lightning.pytorch.cli import LightningCLI
from sklearn.datasets import load_digits
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset


class Digits(lightning.LightningDataModule):
    def setup(self, stage):
        images, labels = (torch.tensor(array) for array in load_digits(return_X_y=True))
        data = TensorDataset(images.float() / 16, labels)
        self.parts = torch.utils.data.random_split(data, [1200, 597], torch.Generator().manual_seed(0))

    def train_dataloader(self):
        return DataLoader(self.parts[0], batch_size=32, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.parts[1], batch_size=597)


class Net(lightning.LightningModule):
    def __init__(self, lr: float = 0.001, width: int = 64, dropout: float = 0.0):
        super().__init__()
        self.lr = lr
        nn = torch.nn
        self.layers = nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, 10))

    def training_step(self, batch):
        return functional.cross_entropy(self.layers(batch[0]), batch[1])

    def validation_step(self, batch):
        outputs = self.layers(batch[0])
        self.log("val_loss", functional.cross_entropy(outputs, batch[1]))
        self.log("val_acc", (outputs.argmax(1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), self.lr)


LightningCLI(Net, Digits, seed_everything_default=0)
