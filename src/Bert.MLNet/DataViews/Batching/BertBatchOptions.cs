namespace Bert.MLNet;

/// <summary>How rows are gathered into batches for the encoder. The results do not depend on it beyond rounding, only the speed.</summary>
/// <remarks>
/// A cursor reads <see cref="WindowSize"/> rows ahead, sorts their token sequences by length, and cuts them into batches of at most
/// <see cref="TokenBudget"/> tokens, padding included, which <see cref="NumberOfThreads"/> threads compute at the same time.
/// The rows are returned in their original order. Immutable.
/// </remarks>
public sealed record BertBatchOptions
{
    /// <summary>Rows read ahead by a cursor. Default 2,048. More rows make batches of more equal lengths and take more memory.</summary>
    public int WindowSize { get; init; } = 2048;

    /// <summary>Tokens of a batch, padding included. Default 256: as fast as more, in less memory. A longer sequence is a batch of its own.</summary>
    public int TokenBudget { get; init; } = 256;

    /// <summary>Threads that compute batches at the same time, each on one core. Default null: as many as the machine has cores.</summary>
    public int? NumberOfThreads { get; init; }

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    /// <summary>The first window is small, so that a look at the first rows is quick. All others have full size: smaller ones need more padding.</summary>
    internal int FirstWindow => Math.Min(128, WindowSize);

    /// <summary>These options, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is less than 1.</exception>
    internal BertBatchOptions Validated()
    {
        Check(WindowSize, nameof(WindowSize));
        Check(TokenBudget, nameof(TokenBudget));
        Check(NumberOfThreads ?? 1, nameof(NumberOfThreads));
        return this;

        static void Check(int value, string name)
        {
            if (value < 1)
                throw new ArgumentOutOfRangeException(name, $"{nameof(BertBatchOptions)}.{name} is {value}; it must be at least 1.");
        }
    }

    /// <summary>Reads what model files of version 1 contain.</summary>
    internal static BertBatchOptions ReadV1(BinaryReader reader) => new BertBatchOptions
    {
        WindowSize = reader.ReadInt32(),
        TokenBudget = reader.ReadInt32(),
        NumberOfThreads = reader.ReadInt32() is var threads and not 0 ? threads : null,
    }.Validated();
}
