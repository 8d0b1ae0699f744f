using System.Runtime.InteropServices;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

public class TensorMemoryTests
{
    [Fact]
    public void Parts_of_a_block_are_aligned_and_do_not_overlap()
    {
        int[] lengths = [1, 64, 65, 0, 1000, 3];
        TensorMemory[] parts = TensorMemory.AllocateTogether(lengths);
        for (int i = 0; i < parts.Length; i++)
            parts[i].Bytes!.Value.Span.Fill((byte)(i + 1));

        Assert.All(parts.Select((part, i) => (part, i)), item =>
        {
            Assert.Equal(0, item.part.Address % 64);
            Assert.Equal(Enumerable.Repeat((byte)(item.i + 1), lengths[item.i]), item.part.Bytes!.Value.ToArray());
        });
        Assert.Single(parts.Select(part => Block(part)).Distinct());
    }

    [Fact]
    public void Who_holds_bytes_has_them_after_others_let_go()
    {
        TensorMemory memory = TensorMemory.Allocate(100);
        Memory<byte> held = memory.Bytes!.Value;
        held.Span.Fill(7);
        memory.LetGo();
        Assert.Null(memory.Bytes);
        GC.Collect();
        Assert.Equal(Enumerable.Repeat((byte)7, 100), held.ToArray());
    }

    [Fact]
    public void A_tensor_that_was_let_go_is_gone_under_every_name_and_says_why()
    {
        var tensor = new BertTensor("weight", TensorType.F32, [2, 3]);
        BertTensor other = tensor.Rename("bert.weight");
        other.LetGo();
        Exception error = Assert.Throws<InvalidOperationException>(() => tensor.Bytes);
        Assert.Contains("'weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains(InferenceOnly.Switch, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Block(TensorMemory part)
    {
        Assert.True(MemoryMarshal.TryGetArray<byte>(part.Bytes!.Value, out ArraySegment<byte> segment));
        return segment.Array!;
    }
}
