using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Bert.MLNet.Tests.Predictors;

/// <summary>Predictions from streams.</summary>
public sealed class PredictedStreamTests
{
    private static readonly BertModel Model = new TinyCheckpoint().Load();

    private static string[] Texts => BertPredictorTests.Texts;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each text is a batch of its own, so that its bits do not depend on what arrives beside it.</summary>
    [Fact]
    public async Task A_stream_is_answered_in_its_order()
    {
        using var predictor = Model.CreateEmbedder(new() { Batching = new() { TokenBudget = 1, WindowSize = 50 } });
        Assert.Equal(predictor.Predict(Texts, null, Token), await predictor.PredictAsync(Pausing(Texts), Token).ToListAsync(Token));
        Assert.Empty(await predictor.PredictAsync(Pausing([]), Token).ToListAsync(Token));

        static async IAsyncEnumerable<string> Pausing(string[] texts)
        {
            foreach ((int i, string text) in texts.Index())
            {
                if (i % 60 == 0)
                    await Task.Yield();
                yield return text;
            }
        }
    }

    [Fact]
    public async Task A_text_of_a_live_stream_is_answered_before_the_next_one_arrives()
    {
        using var predictor = Model.CreateEmbedder();
        using CancellationTokenSource end = Patience.End();
        var texts = Channel.CreateUnbounded<string>();
        await using var answers = predictor.PredictAsync(texts.Reader.ReadAllAsync(end.Token), end.Token).GetAsyncEnumerator(end.Token);
        foreach (string text in Texts.Take(5))
        {
            await texts.Writer.WriteAsync(text, end.Token);
            Assert.True(await answers.MoveNextAsync());
            Assert.Equal(predictor.Predict(text), answers.Current);
        }
        texts.Writer.Complete();
        Assert.False(await answers.MoveNextAsync());
    }

    /// <summary>At most one window is in use, one is read ahead, and one text is on its way.</summary>
    [Fact]
    public async Task An_endless_stream_is_read_two_windows_ahead_at_most_and_ended_with_its_reader()
    {
        const int window = 4;
        using var predictor = Model.CreateEmbedder(new() { Batching = new() { WindowSize = window } });
        int read = 0, ended = 0, seen = 0;
        await foreach (BertEmbedding _ in predictor.PredictAsync(Endless(), Token))
        {
            Assert.InRange(Volatile.Read(ref read), ++seen, seen + 2 * window + 1);
            if (seen == 30)
                break;
        }
        Assert.Equal(1, ended);

        async IAsyncEnumerable<string> Endless()
        {
            try
            {
                while (true)
                {
                    await Task.Yield();
                    yield return Texts[Interlocked.Increment(ref read) % Texts.Length];
                }
            }
            finally
            {
                ended++;
            }
        }
    }

    [Fact]
    public async Task A_source_that_fails_is_answered_up_to_its_failure()
    {
        using var predictor = Model.CreateEmbedder();
        int seen = 0;
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (BertEmbedding _ in predictor.PredictAsync(Failing(), Token))
                seen++;
        });
        Assert.Equal(("The disk is gone.", 3), (error.Message, seen));

        static async IAsyncEnumerable<string> Failing()
        {
            foreach (string text in Texts.Take(3))
                yield return text;
            await Task.Yield();
            throw new IOException("The disk is gone.");
        }
    }

    [Fact]
    public async Task A_null_of_a_stream_is_named_by_its_place()
    {
        using var predictor = Model.CreateEmbedder(new() { Batching = new() { WindowSize = 2 } });
        var error = await Assert.ThrowsAsync<ArgumentException>(
            async () => await predictor.PredictAsync(Texts.Take(5).Append(null!).ToAsyncEnumerable(), Token).CountAsync(Token));
        Assert.StartsWith("Input 5 is null", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Cancellation_ends_a_stream_that_waits_for_its_source(bool ofTheEnumeration)
    {
        using var predictor = Model.CreateEmbedder();
        using CancellationTokenSource cancellation = Patience.End();
        IAsyncEnumerable<BertEmbedding> answers = predictor.PredictAsync(Waiting(Token), ofTheEnumeration ? Token : cancellation.Token);
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (BertEmbedding _ in answers.WithCancellation(ofTheEnumeration ? cancellation.Token : Token))
            {
                seen++;
                await cancellation.CancelAsync();
            }
        });
        Assert.Equal(1, seen);

        static async IAsyncEnumerable<string> Waiting([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return "good";
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
