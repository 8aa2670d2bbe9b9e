import lehr, torch

optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
schedule = lehr.Scheduler(
    optimizer, "linear(from=0.01x, over=5%) -> cosine(to=0.1x)", updates=1000
)
for batch in batches:
    model(batch).square().mean().backward()
    optimizer.step()
    optimizer.zero_grad()
    schedule.step()
