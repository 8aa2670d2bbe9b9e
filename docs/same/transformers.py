import lehr, torch
from transformers import Trainer

optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
schedule = lehr.Scheduler(
    optimizer, "linear(from=0.01x, over=5%) -> cosine(to=0.1x)", updates=1000
)
trainer = Trainer(
    model, arguments, train_dataset=dataset, optimizers=(optimizer, schedule)
)
trainer.train()
